import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../extractor/extractor.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { drawPatches, samplePatches } from './sample-patches.js';
import { sphericalKMeans } from './spherical-k-means.js';
import { momentSums, multiplyRows, zcaWhitening } from './whitening.js';

function noise(count: number, side: number, channels = 1): ImageBatch {
  const random = new Random(deriveSeed(4, 'noise'));
  const pixels = Uint8Array.from({ length: count * side * side * channels }, () =>
    random.below(256),
  );
  return { count, width: side, height: side, channels, pixels };
}

const seeded = (name: string) => new Random(deriveSeed(9, name));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

describe('sampled patches', () => {
  it('have zero mean and norm / (norm + floor)', () => {
    const sampling = { size: 3, count: 50, leastDeviation: 10, contrastFloor: 25.5 };
    const patches = samplePatches(noise(4, 8, 2), sampling, seeded('patches'));
    expect(patches).toHaveLength(50 * 18);
    for (let at = 0; at < patches.length; at += 18) {
      const patch = patches.subarray(at, at + 18);
      expect(dot(patch, new Array(18).fill(1))).toBeCloseTo(0, 10);
      const norm = Math.sqrt(dot(patch, patch));
      // A deviation above 10 is a norm above 10·√18.
      const least = 10 * Math.sqrt(18);
      expect(norm).toBeGreaterThan(least / (least + 25.5));
      expect(norm).toBeLessThan(1);
    }
  });

  it('come from the images, rows in place', () => {
    // Pixel = 16·row + column: a centered 2×2 patch is the same everywhere.
    const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
    const images = { count: 1, width: 16, height: 16, channels: 1, pixels };
    const sampling = { size: 2, count: 5, leastDeviation: 0, contrastFloor: 0 };
    const patches = samplePatches(images, sampling, seeded('ramp'));
    const norm = Math.sqrt(2 * (8.5 ** 2 + 7.5 ** 2));
    for (let i = 0; i < 20; i++) {
      expect(patches[i]).toBeCloseTo([-8.5, -7.5, 7.5, 8.5][i % 4] / norm, 12);
    }
  });

  it('are refused from flat or too small images', () => {
    const sampling = { size: 5, count: 10, leastDeviation: 25.5, contrastFloor: 25.5 };
    const flat = { ...noise(2, 8), pixels: new Uint8Array(128).fill(200) };
    expect(() => samplePatches(flat, sampling, seeded('flat'))).toThrow(/not flat/);
    expect(drawPatches(flat, sampling, seeded('flat'))).toHaveLength(0);
    expect(() => samplePatches(noise(2, 4), sampling, seeded('small'))).toThrow(/no 5×5 patch/);
  });
});

describe('ZCA whitening', () => {
  it('turns second moments into λ / (λ + ε) along the same axes', () => {
    // Rows ±(3, 3) and ±(1, −1): moments have eigenvalues 9 along (1, 1) and 1 along (1, −1).
    const rows = Float64Array.from([3, 3, -3, -3, 1, -1, -1, 1]);
    const whitening = zcaWhitening(
      momentSums(rows, 2).map((sum) => sum / 4),
      2,
      0.5,
    );
    const white = multiplyRows(rows, whitening, 2);
    expect(white[0]).toBeCloseTo(3 / Math.sqrt(9.5), 12);
    expect(white[1]).toBeCloseTo(3 / Math.sqrt(9.5), 12);
    expect(white[4]).toBeCloseTo(1 / Math.sqrt(1.5), 12);
    expect(white[5]).toBeCloseTo(-1 / Math.sqrt(1.5), 12);
  });
});

describe('spherical k-means', () => {
  it('finds well separated directions, up to their sign', () => {
    const random = seeded('directions');
    const axes = [
      [1, 0, 0, 0],
      [0, 0.6, 0.8, 0],
      [0, 0, 0, -1],
    ];
    const rows = Float64Array.from({ length: 600 * 4 }, () => 0);
    for (let r = 0; r < 600; r++) {
      const scale = (random.unit() + 0.5) * (random.below(2) === 0 ? 1 : -1);
      for (let i = 0; i < 4; i++) {
        rows[4 * r + i] = axes[r % 3][i] * scale + 0.02 * (random.unit() - 0.5);
      }
    }
    const options = { clusters: 3, iterations: 10 };
    const centroids = sphericalKMeans(rows, 4, options, seeded('start'));
    const match = axes.map((axis) =>
      [0, 1, 2].findIndex((k) => Math.abs(dot(axis, centroids.subarray(4 * k, 4 * k + 4))) > 0.999),
    );
    expect([...match].sort()).toEqual([0, 1, 2]);
  });
});
