import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from './spread.js';

describe('spreading labels', () => {
  it('leaves labels that do not touch where they are', () => {
    expect(spread([30, 0, 15], 15)).toEqual([30, 0, 15]);
  });

  it('puts labels of one place around it', () => {
    expect(spread([50, 50, 50], 10)).toEqual([40, 50, 60]);
  });

  it('keeps the order, the gap and the mean', () => {
    const places = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), {
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(places, (wanted) => {
        const got = spread(wanted, 15);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
        order.slice(1).forEach((index, i) => {
          expect(got[index] - got[order[i]]).toBeGreaterThan(15 - 1e-9);
        });
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        expect(sum(got) / got.length).toBeCloseTo(sum(wanted) / wanted.length, 6);
      }),
    );
  });
});
