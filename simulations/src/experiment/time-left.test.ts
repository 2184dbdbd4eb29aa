import { describe, expect, it } from 'vitest';
import { durationText } from '../plots/units.js';
import { TimeLeft } from './time-left.js';

describe('the time that is left', () => {
  it('is what was guessed, until a case is done', () => {
    expect(new TimeLeft([10, 20, 30]).seconds()).toBe(60);
  });

  it('is corrected by how far the guesses were off', () => {
    const left = new TimeLeft([10, 20, 30]);
    left.done(10, 15);
    expect(left.seconds()).toBe(75);
    left.done(20, 45);
    expect(left.seconds()).toBe(60);
  });

  it.each([
    [42.4, '42 s'],
    [120, '2 min'],
    [7500, '2 h 5 min'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
