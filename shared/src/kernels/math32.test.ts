import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp32, log32 } from './math32.js';

describe('f32 elementary functions', () => {
  it('exp32 stays within 2⁻²² of eˣ, relatively', () => {
    let worst = 0;
    for (let i = 0; i <= 200_000; i++) {
      const x = Math.fround(-87 + (175 * i) / 200_000);
      worst = Math.max(worst, Math.abs(exp32(x) / Math.exp(x) - 1));
    }
    expect(worst).toBeLessThan(2 ** -22);
    fc.assert(
      fc.property(fc.float({ min: -86, max: 88, noNaN: true }), (x) => {
        expect(Math.abs(exp32(x) / Math.exp(x) - 1)).toBeLessThan(2 ** -22);
      }),
      { numRuns: 1000 },
    );
  });

  it('exp32 is exact at 0 and vanishes below −87', () => {
    expect(exp32(0)).toBe(1);
    expect(exp32(-0)).toBe(1);
    expect(exp32(-87.5)).toBe(0);
    expect(exp32(-Infinity)).toBe(0);
  });

  it('log32 stays within 2⁻²² · max(1, |ln x|) of ln x', () => {
    fc.assert(
      fc.property(
        fc.float({ min: Math.fround(1.2e-38), max: Math.fround(3e38), noNaN: true }),
        (x) => {
          const exact = Math.log(x);
          const bound = 2 ** -22 * Math.max(1, Math.abs(exact));
          expect(Math.abs(log32(x) - exact)).toBeLessThan(bound);
        },
      ),
      { numRuns: 5000 },
    );
    for (let i = 1; i <= 20_000; i++) {
      const x = Math.fround(i / 1000);
      const exact = Math.log(x);
      expect(Math.abs(log32(x) - exact)).toBeLessThan(2 ** -22 * Math.max(1, Math.abs(exact)));
    }
  });

  it('log32 is exact at 1 and rounds ln 2 and ln 3 well', () => {
    expect(log32(1)).toBe(0);
    expect(log32(2)).toBe(Math.fround(Math.LN2));
    expect(Math.abs(log32(3) - 1.0986122886681098)).toBeLessThan(2 ** -23);
  });
});
