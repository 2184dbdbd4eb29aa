import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosPi, exp, log } from './math.js';

describe('deterministic elementary functions', () => {
  it('exp stays within 1e-15 of the engine’s, relatively', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
      { numRuns: 2000 },
    );
    expect(exp(0)).toBe(1);
    expect(Math.abs(exp(1) - Math.E)).toBeLessThan(1e-15);
    // Published digits: e¹⁰, e^π (Gelfond's constant, OEIS A039661) and e^−½ (A092605).
    const known = [
      [10, 22026.465794806718],
      [Math.PI, 23.140692632779267],
      [-0.5, 0.6065306597126334],
    ];
    for (const [x, value] of known) expect(Math.abs(exp(x) / value - 1)).toBeLessThan(1e-15);
    expect(exp(-1000)).toBe(0);
    expect(exp(1000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('log stays within 1e-15 · max(1, |ln x|) of the engine’s', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        const expected = Math.log(x);
        expect(Math.abs(log(x) - expected)).toBeLessThan(1e-15 * Math.max(1, Math.abs(expected)));
      }),
      { numRuns: 2000 },
    );
    expect(log(1)).toBe(0);
    expect(log(2)).toBe(Math.LN2);
    expect(log(10)).toBe(Math.LN10);
    // ln 3 and ln π (OEIS A002391, A053510).
    expect(Math.abs(log(3) - 1.0986122886681098)).toBeLessThan(1e-15);
    expect(Math.abs(log(Math.PI) - 1.1447298858494002)).toBeLessThan(1e-15);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
  });

  it('cosPi is exact at multiples of a half and close elsewhere', () => {
    for (const [x, value] of [
      [0, 1],
      [0.5, 0],
      [1, -1],
      [1.5, 0],
      [2, 1],
      [-1, -1],
      [7, -1],
    ]) {
      expect(cosPi(x) + 0).toBe(value);
    }
    expect(cosPi(1 / 3)).toBeCloseTo(0.5, 15);
    expect(cosPi(0.25)).toBeCloseTo(Math.SQRT1_2, 15);
    // Exact values of the pentagon and the dodecagon: (1 + √5)/4 and (√6 + √2)/4.
    expect(cosPi(1 / 5)).toBeCloseTo((1 + Math.sqrt(5)) / 4, 15);
    expect(cosPi(1 / 12)).toBeCloseTo((Math.sqrt(6) + Math.sqrt(2)) / 4, 15);
    expect(cosPi(1e6 + 1 / 3)).toBeCloseTo(0.5, 9);
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => {
        expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x))).toBeLessThan(4e-15);
      }),
      { numRuns: 2000 },
    );
  });
});
