import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { portablePatchFeatures } from './portable-features.js';

/** Made with Python's floats: `python3 shared/vectors/make_dictionary.py`. */
const { features: vector } = JSON.parse(
  readFileSync(new URL('../../vectors/dictionary.json', import.meta.url), 'utf8'),
) as {
  features: {
    side: number;
    size: number;
    filters: number;
    grid: number;
    rectifier: number;
    contrastFloor: number;
    pixels: number[];
    weights: number[];
    values: string;
  };
};

it('portable features have the bits that IEEE arithmetic gives elsewhere', async () => {
  const { side, size, filters, grid, rectifier, contrastFloor } = vector;
  const dictionary = {
    ...{ size, channels: 1, filters, padding: 0, grid: { width: grid, height: grid } },
    ...{ rectifier, contrastFloor, weights: Float32Array.from(vector.weights) },
  };
  const count = vector.pixels.length / (side * side);
  const images = { count, width: side, height: side, channels: 1 };
  const batches: number[] = [];
  await portablePatchFeatures(
    dictionary,
    { ...images, pixels: Uint8Array.from(vector.pixels) },
    (values) => {
      batches.push(...values);
    },
  );
  const bytes = Buffer.from(vector.values, 'hex');
  expect(batches).toEqual(
    Array.from({ length: batches.length }, (_, i) => bytes.readFloatLE(4 * i)),
  );
  expect(4 * batches.length).toBe(bytes.length);
});
