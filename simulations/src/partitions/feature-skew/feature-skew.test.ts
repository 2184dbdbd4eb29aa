import type { ImageDataset } from '@fedhybnn/client/node';
import { deriveSeed, Random } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DealtPartition } from '../dealt.js';
import { parseFeatureSkew, shownFeatureSkew, skewDataset, skewOf } from './index.js';
import { skewPixels } from './pixels.js';

const random = () => new Random(deriveSeed(1, 'noise'));
const still = { angle: 0, contrast: 1, noise: 0 };
const shape = { width: 5, height: 5, channels: 1 };
const picture = Uint8Array.from({ length: 25 }, (_, i) => (i * 41) % 256);

describe('a skewed picture', () => {
  it('stays as it is where nothing is asked for', () => {
    expect(skewPixels(picture, shape, still, random())).toEqual(picture);
  });

  it('turned by quarters is its transposed and mirrored self', () => {
    const quarter = skewPixels(picture, shape, { ...still, angle: 90 }, random());
    const half = skewPixels(picture, shape, { ...still, angle: 180 }, random());
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 5; x++) {
        // Counterclockwise: what was at the right is at the top.
        expect(quarter[5 * y + x]).toBe(picture[5 * x + (4 - y)]);
        expect(half[5 * y + x]).toBe(picture[24 - (5 * y + x)]);
      }
    }
  });

  it('keeps its colors apart when it is turned', () => {
    const rgb = Uint8Array.from({ length: 75 }, (_, i) => [10, 100, 200][i % 3]);
    const turned = skewPixels(rgb, { ...shape, channels: 3 }, { ...still, angle: 33 }, random());
    expect(turned).toEqual(rgb);
  });

  it('keeps its mean when its contrast changes, until pixels reach the limits', () => {
    const gray = Uint8Array.from({ length: 25 }, (_, i) => 118 + (i % 5) * 5);
    const flat = skewPixels(gray, shape, { ...still, contrast: 0.4 }, random());
    expect([...flat.subarray(0, 5)]).toEqual([124, 126, 128, 130, 132]);
    const steep = skewPixels(gray, shape, { ...still, contrast: 20 }, random());
    expect([...steep.subarray(0, 5)]).toEqual([0, 28, 128, 228, 255]);
  });

  it('has noise of the strength that was asked for', () => {
    const gray = new Uint8Array(10_000).fill(128);
    const noisy = skewPixels(
      gray,
      { width: 100, height: 100, channels: 1 },
      { ...still, noise: 0.1 },
      random(),
    );
    const mean = noisy.reduce((a, b) => a + b, 0) / 10_000;
    const variance = noisy.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 10_000;
    // Six standard errors of the mean, and of the deviation.
    expect(Math.abs(mean - 128)).toBeLessThan(6 * 0.255);
    expect(Math.abs(Math.sqrt(variance) - 25.5)).toBeLessThan(6 * 0.18);
  });
});

describe('a feature-skewed data set', () => {
  const count = 12;
  const pixels = Uint8Array.from({ length: 25 * count }, (_, i) => (i * 7) % 251);
  const dataset: ImageDataset = {
    name: 'tiny-train',
    images: { count, ...shape, pixels },
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    classes: ['a', 'b'],
    sha256: '1'.repeat(64),
  };
  const dealt = DealtPartition.ofHands([
    [0, 2, 4],
    [1, 3],
    [5, 7],
  ]);
  const skew = { rotation: 40, noise: 0.1, contrast: 0.5 };
  const of = (data: ImageDataset, i: number) => data.images.pixels.subarray(25 * i, 25 * (i + 1));

  it('is skewed by client, leaves pictures that nobody holds, and has a name of its own', () => {
    const before = Uint8Array.from(pixels);
    const skewed = skewDataset(dataset, dealt, skew, 1);
    expect(pixels).toEqual(before);
    for (const row of [0, 1, 2, 3, 4, 5, 7]) expect(of(skewed, row)).not.toEqual(of(dataset, row));
    for (const row of [6, 8, 11]) expect(of(skewed, row)).toEqual(of(dataset, row));
    expect(skewed.sha256).not.toBe(dataset.sha256);
    expect(skewed.labels).toBe(dataset.labels);
  });

  it('is the same for the same seed, and another for another seed or partition', () => {
    const other = DealtPartition.ofHands([
      [1, 3],
      [0, 2, 4],
      [5, 7],
    ]);
    const hash = (partition = dealt, seed = 1) =>
      skewDataset(dataset, partition, skew, seed).sha256;
    expect(hash()).toBe(hash());
    expect(new Set([hash(), hash(dealt, 2), hash(other)]).size).toBe(3);
  });
});

describe('--feature-skew', () => {
  it('is one kind or several, and is shown as it is written', () => {
    expect(parseFeatureSkew('rotation:30')).toEqual({ rotation: 30, noise: 0, contrast: 0 });
    const all = 'rotation:30,noise:0.1,contrast:0.5';
    expect(shownFeatureSkew(parseFeatureSkew(all))).toBe(all);
    for (const text of [
      '',
      'rotation',
      'rotation:0',
      'rotation:181',
      'noise:2',
      'blur:1',
      'noise:0.1,noise:0.2',
      'rotation:1:2',
    ]) {
      expect(() => parseFeatureSkew(text)).toThrow(/must be rotation:DEGREES/);
    }
  });

  it('draws for each client within its limits', () => {
    const skew = { rotation: 30, noise: 0.2, contrast: 0.5 };
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(100), (client, seed) => {
        const { angle, contrast, noise } = skewOf(skew, client, seed);
        expect(Math.abs(angle)).toBeLessThanOrEqual(30);
        expect(Math.abs(contrast - 1)).toBeLessThanOrEqual(0.5);
        expect(noise).toBeGreaterThanOrEqual(0);
        expect(noise).toBeLessThanOrEqual(0.2);
      }),
    );
  });
});
