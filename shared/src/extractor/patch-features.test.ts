import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { ImageBatch } from './extractor.js';
import { registerNodeBackend } from './node-backend.js';
import { type PatchDictionary, patchFeatureCount, patchFeatures } from './patch-features.js';

/** The formula of the file's opening comment, one patch after the other, in f64. */
function naiveFeatures(dictionary: PatchDictionary, images: ImageBatch, image: number): number[] {
  const { size, channels, filters, padding, grid } = dictionary;
  const { width, height } = images;
  const pixel = (y: number, x: number, c: number) =>
    y < 0 || x < 0 || y >= height || x >= width
      ? 0
      : images.pixels[((image * height + y) * width + x) * channels + c];
  const rows = height + 2 * padding - size + 1;
  const columns = width + 2 * padding - size + 1;
  const features = new Array<number>(patchFeatureCount(dictionary)).fill(0);
  const cell = { height: rows / grid.height, width: columns / grid.width };
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const patch: number[] = [];
      for (let dy = 0; dy < size; dy++) {
        for (let dx = 0; dx < size; dx++) {
          for (let c = 0; c < channels; c++)
            patch.push(pixel(y + dy - padding, x + dx - padding, c));
        }
      }
      const mean = patch.reduce((sum, value) => sum + value, 0) / patch.length;
      const contrast = Math.sqrt(patch.reduce((sum, value) => sum + (value - mean) ** 2, 0));
      for (let f = 0; f < filters; f++) {
        const product = patch.reduce(
          (sum, value, i) => sum + value * dictionary.weights[i * filters + f],
          0,
        );
        const response = product / (contrast + dictionary.contrastFloor) - dictionary.rectifier;
        const at = Math.floor(y / cell.height) * grid.width + Math.floor(x / cell.width);
        features[at * filters + f] += Math.max(0, response) / (cell.height * cell.width);
      }
    }
  }
  return features;
}

/** Random filters that sum to 0, as a pretrained dictionary's do. */
function randomDictionary(options: Omit<PatchDictionary, 'weights'>): PatchDictionary {
  const random = new Random(deriveSeed(1, 'dictionary'));
  const { size, channels, filters } = options;
  const values = size * size * channels;
  const weights = Float32Array.from({ length: values * filters }, () => random.unit() - 0.5);
  for (let f = 0; f < filters; f++) {
    let mean = 0;
    for (let i = 0; i < values; i++) mean += weights[i * filters + f] / values;
    for (let i = 0; i < values; i++) weights[i * filters + f] -= mean;
  }
  return { ...options, weights };
}

function randomImages(count: number, width: number, height: number, channels: number): ImageBatch {
  const random = new Random(deriveSeed(2, 'images'));
  const pixels = Uint8Array.from({ length: count * width * height * channels }, () =>
    // Flat black regions, as real images have.
    random.below(3) === 0 ? 0 : random.below(256),
  );
  return { count, width, height, channels, pixels };
}

async function collect(dictionary: PatchDictionary, images: ImageBatch): Promise<Float32Array> {
  const stride = patchFeatureCount(dictionary);
  const all = new Float32Array(images.count * stride);
  await patchFeatures(dictionary, images, (values, first) => all.set(values, first * stride));
  return all;
}

beforeAll(registerNodeBackend);

describe.each(['wasm', 'cpu'])('patch features on the %s backend', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each([
    { size: 5, channels: 1, filters: 7, padding: 2, grid: { width: 3, height: 2 }, image: [12, 8] },
    { size: 3, channels: 3, filters: 4, padding: 0, grid: { width: 2, height: 3 }, image: [10, 8] },
    { size: 1, channels: 2, filters: 2, padding: 1, grid: { width: 4, height: 1 }, image: [6, 3] },
  ])('follow the formula for $size×$size×$channels patches', async ({ image, ...options }) => {
    const dictionary = randomDictionary({ ...options, rectifier: 0.1, contrastFloor: 25.5 });
    const images = randomImages(5, image[0], image[1], options.channels);
    const features = await collect(dictionary, images);
    const stride = patchFeatureCount(dictionary);
    for (let i = 0; i < images.count; i++) {
      naiveFeatures(dictionary, images, i).forEach((expected, f) => {
        expect(Math.abs(features[i * stride + f] - expected)).toBeLessThan(2e-5);
      });
    }
  });

  it('leaves no tensor behind', async () => {
    const dictionary = randomDictionary({
      ...{ size: 5, channels: 1, filters: 3, padding: 2, grid: { width: 4, height: 4 } },
      ...{ rectifier: 0.1, contrastFloor: 25.5 },
    });
    const images = randomImages(6, 8, 8, 1);
    const before = tf.memory().numTensors;
    await collect(dictionary, images);
    expect(tf.memory().numTensors).toBe(before);
    const failing = patchFeatures(dictionary, images, () => {
      throw new Error('the receiver failed');
    });
    await expect(failing).rejects.toThrow('the receiver failed');
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('gives every image once, in order, with progress up to 1, whatever the batches', async () => {
  await tf.setBackend('wasm');
  const dictionary = randomDictionary({
    ...{ size: 3, channels: 1, filters: 2, padding: 1, grid: { width: 1, height: 1 } },
    ...{ rectifier: 0, contrastFloor: 25.5 },
  });
  const images = randomImages(1203, 4, 4, 1);
  const seen: number[] = [];
  const shares: number[] = [];
  await patchFeatures(
    dictionary,
    images,
    (values, first, count) => {
      expect(values).toHaveLength(count * patchFeatureCount(dictionary));
      for (let i = 0; i < count; i++) seen.push(first + i);
    },
    (done) => shares.push(done),
  );
  expect(seen).toEqual(Array.from({ length: 1203 }, (_, i) => i));
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
