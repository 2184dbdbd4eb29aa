import { describe, expect, it } from 'vitest';
import { numbersOf } from './numbers.js';

/** As it reads: spaces that do not break are spaces. */
const plain = (text: string) => text.replaceAll(/\u00a0|\u202f/g, ' ');
const en = numbersOf('en');

describe('numbers of a page', () => {
  it('have a unit that fits', () => {
    expect([0, 999, 32_900, 1_050_000, 2.5e9].map(en.bytes).map(plain)).toEqual([
      ...['0 B', '999 B', '32.9 kB', '1.05 MB', '2.5 GB'],
    ]);
    expect([0, 0.25, 12, 437, 1500, 240_000, 3.6e7].map(en.duration).map(plain)).toEqual([
      ...['0 s', '250 µs', '12 ms', '437 ms', '1.5 s', '4.0 min', '10.0 h'],
    ]);
    expect([200, 59_001, 119_000, 120_001].map(en.countdown).map(plain)).toEqual([
      ...['1 s', '60 s', '119 s', '3 min'],
    ]);
  });

  it('share the unit of the longest on an axis, the origin too', () => {
    expect(en.durations([0, 500, 1000, 1500]).map(plain)).toEqual(['0 s', '0.5 s', '1 s', '1.5 s']);
    expect(en.durations([0, 50, 100]).map(plain)).toEqual(['0 ms', '50 ms', '100 ms']);
    expect(en.durations([0, 90_000]).map(plain)).toEqual(['0 s', '90 s']);
    expect(en.durations([0, 150_000]).map(plain)).toEqual(['0 min', '2.5 min']);
    expect(en.durations([0, 0.02]).map(plain)).toEqual(['0 µs', '20 µs']);
    expect(en.durations([0]).map(plain)).toEqual(['0 s']);
  });

  it('never break between figure and unit', () => {
    for (const text of [
      en.bytes(5000),
      en.duration(5000),
      en.countdown(5000),
      ...en.durations([0, 9]),
    ]) {
      expect(text).not.toContain(' ');
    }
  });

  it('are written as people of a language do', () => {
    expect(numbersOf('de').percent(0.9815)).toMatch(/^98,2\s%$/);
    expect(numbersOf('zh').ago(3 * 60_000)).toBe('3分钟前');
    expect(en.ago(90_000_000)).toBe('yesterday');
  });
});
