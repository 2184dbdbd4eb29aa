import { BitMatrix, deriveSeed, Random } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitStatistics } from './bit-statistics.js';

const of = (rows: readonly string[]) =>
  BitMatrix.fromSigns(
    rows.length,
    rows[0].length,
    rows.flatMap((row) => [...row].map((c) => (c === '1' ? 1 : -1))),
  );

describe('bit statistics', () => {
  it('of four samples, by hand', () => {
    // Bit 0 is set in half, bit 1 is its opposite, bit 2 is set in a quarter, bit 3 never.
    const { entropyPerBit, entropyLeast, correlationMean, correlationMost, nearConstant } =
      bitStatistics(of(['1000', '1000', '0110', '0100']));
    const quarter = 0.25 * 2 + 0.75 * Math.log2(4 / 3);
    expect(entropyPerBit).toBeCloseTo((1 + 1 + quarter) / 4, 12);
    expect(entropyLeast).toBe(0);
    // |cov| = 1/4 over deviation 1/4; 1/8 over √(1/4 · 3/16), twice.
    const third = 1 / Math.sqrt(3);
    expect(correlationMean).toBeCloseTo((1 + 2 * third) / 3, 12);
    expect(correlationMost).toBeCloseTo(1, 12);
    expect(nearConstant).toBe(0.25);
  });

  it('agree with means and products of numbers, for any bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 9 }), (rows, cols) => {
        const random = new Random(deriveSeed(rows, cols));
        const values = Array.from({ length: rows * cols }, () => (random.below(3) === 0 ? 1 : -1));
        const { correlationMost, nearConstant } = bitStatistics(
          BitMatrix.fromSigns(rows, cols, values),
        );
        const column = (c: number) => values.filter((_, i) => i % cols === c);
        const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / rows;
        const covariance = (a: number[], b: number[]) =>
          mean(a.map((x, i) => (x - mean(a)) * (b[i] - mean(b))));
        let most = 0;
        for (let i = 0; i < cols; i++) {
          for (let j = 0; j < i; j++) {
            const [a, b] = [column(i), column(j)];
            const deviations = Math.sqrt(covariance(a, a) * covariance(b, b));
            if (deviations > 0) most = Math.max(most, Math.abs(covariance(a, b)) / deviations);
          }
        }
        expect(correlationMost).toBeCloseTo(most, 9);
        const constant = Array.from({ length: cols }, (_, c) => Math.abs(mean(column(c))) > 0.96);
        expect(nearConstant).toBe(constant.filter(Boolean).length / cols);
      }),
    );
  });
});
