import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** A random symmetric matrix of integers. */
function symmetric(n: number, seed: number): Float64Array {
  const random = new Random(deriveSeed(seed, 'symmetric'));
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      matrix[i * n + j] = random.below(21) - 10;
      matrix[j * n + i] = matrix[i * n + j];
    }
  }
  return matrix;
}

describe('symmetricEigen', () => {
  it('finds the eigenvalues of the second-difference matrix, 2 − 2·cos(kπ/(n+1))', () => {
    const n = 25;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
    }
    const values = [...symmetricEigen(matrix, n).values].sort((a, b) => a - b);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)), 12);
    });
  });

  it('gives orthonormal vectors that rebuild the matrix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1000), (n, seed) => {
        const matrix = symmetric(n, seed);
        const { values, vectors } = symmetricEigen(matrix, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let rebuilt = 0;
            let product = 0;
            for (let k = 0; k < n; k++) {
              rebuilt += vectors[i * n + k] * values[k] * vectors[j * n + k];
              product += vectors[k * n + i] * vectors[k * n + j];
            }
            expect(rebuilt).toBeCloseTo(matrix[i * n + j], 9);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
          }
        }
      }),
    );
  });

  it('leaves a diagonal matrix and its argument as they are', () => {
    const matrix = Float64Array.from([3, 0, 0, -1]);
    expect(symmetricEigen(matrix, 2)).toEqual({
      values: Float64Array.from([3, -1]),
      vectors: Float64Array.from([1, 0, 0, 1]),
    });
    const other = symmetric(5, 1);
    const copy = other.slice();
    symmetricEigen(other, 5);
    expect(other).toEqual(copy);
  });
});
