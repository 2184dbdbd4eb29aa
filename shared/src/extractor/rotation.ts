/**
 * A seeded random rotation, after which every coordinate carries a little of every feature:
 * random signs, a Walsh–Hadamard transform, a random choice of coordinates (Ailon & Chazelle 2009,
 * "The fast Johnson–Lindenstrauss transform"). Angles between samples survive, so the signs of the
 * coordinates, about their medians, are a binary code of the features.
 */
import { Random, type Seed } from '../random/index.js';

export interface Rotation {
  /** [bits]: the coordinates, scaled to keep lengths; valid until the next call. */
  apply(features: ArrayLike<number>, from: number): Float64Array;
}

/** The length of a transform that takes so many features: a power of two. */
export function rotationLength(features: number): number {
  let length = 1;
  while (length < features) length *= 2;
  return length;
}

/** @param bits at most {@link rotationLength}(features) */
export function createRotation(seed: Seed, features: number, bits: number): Rotation {
  const length = rotationLength(features);
  const random = new Random(seed);
  const signs = Int8Array.from({ length: features }, () => (random.below(2) === 0 ? 1 : -1));
  const chosen = random.sample(length, bits);
  const values = new Float64Array(length);
  const coordinates = new Float64Array(bits);
  const scale = 1 / Math.sqrt(length);
  return {
    apply(input, from) {
      values.fill(0);
      for (let i = 0; i < features; i++) values[i] = signs[i] * input[from + i];
      transform(values);
      chosen.forEach((index, bit) => {
        coordinates[bit] = scale * values[index];
      });
      return coordinates;
    },
  };
}

/** The Walsh–Hadamard transform, in place. */
function transform(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const [a, b] = [values[i], values[i + half]];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}
