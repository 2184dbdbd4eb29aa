import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { bitRowBytes, laneStride } from './kernels.js';
import {
  type Desk,
  onBoth,
  randomBits,
  randomFloats,
  randomIntegers,
} from './testing/both-connectors.js';

const seeds = fc.nat(1_000_000).map((n) => new Random(deriveSeed(n, 'convolution')));
const upTo = (max: number) => fc.integer({ min: 1, max });

const [batch, height, width, channels, filters] = [3, 7, 6, 5, 4];
const pixels = batch * height * width;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Bits as ±1. */
function signs(bits: BitMatrix): number[] {
  return Array.from({ length: bits.rows * bits.cols }, (_, i) =>
    bits.get(Math.floor(i / bits.cols), i % bits.cols) ? 1 : -1,
  );
}

/** [rows][cols] from [cols][rows]. */
function transpose<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  values: ArrayLike<number>,
  cols: number,
  out: T,
): T {
  const rows = values.length / cols;
  for (let i = 0; i < values.length; i++) out[(i % rows) * cols + Math.floor(i / rows)] = values[i];
  return out;
}

/** The convolution of a feature map outside of which everything is −1. */
function convolve(map: tf.Tensor, weights: tf.Tensor): tf.Tensor4D {
  const border: [number, number][] = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  return tf.conv2d(tf.pad(map, border, -1) as tf.Tensor4D, weights as tf.Tensor4D, 1, 'valid');
}

function unfold(desk: Desk, bits: BitMatrix, [h, w, c]: readonly [number, number, number]) {
  const out = desk.room(bits.rows * h * w * bitRowBytes(9 * c));
  desk.kernels.unfold(desk.put(bits.bytes), bits.rows, h, w, c, out);
  return out;
}

describe('a 3×3 convolution by unfolding', () => {
  const random = new Random(deriveSeed(1, 'convolution'));
  const map = randomBits(batch, height * width * channels, random);
  // [filter][ky][kx][channel], which TensorFlow.js has as [ky][kx][channel][filter].
  const weights = randomBits(filters, 9 * channels, random);
  const mapTensor = tf.tensor(signs(map), [batch, height, width, channels]);
  const weightTensor = tf.transpose(
    tf.tensor(signs(weights), [filters, 3, 3, channels]),
    [1, 2, 3, 0],
  );

  it('gives the products that TensorFlow.js finds', async () => {
    const { product } = await onBoth((desk) => {
      const unfolded = unfold(desk, map, [height, width, channels]);
      const out = desk.room(4 * filters * laneStride(pixels));
      const packed = desk.put(weights.bytes);
      desk.kernels.xnorProduct(packed, unfolded, filters, pixels, 9 * channels, out);
      return { product: desk.integerRows(out, filters, pixels) };
    });
    const expected = convolve(mapTensor, weightTensor).dataSync();
    expect(product).toEqual(transpose(expected, pixels, new Int32Array(expected.length)));
  });

  it('gives the gradients that TensorFlow.js finds, of the map and of the weights', async () => {
    const slope = randomIntegers(filters * pixels, 20, random);
    const gradient = Float32Array.from(slope);
    const { ofMap, ofWeights } = await onBoth((desk) => {
      const { kernels } = desk;
      const inputs = 9 * channels;
      const transposed = desk.room(inputs * bitRowBytes(filters));
      kernels.transposeBits(desk.put(weights.bytes), filters, inputs, transposed);
      const dz = desk.putRows(gradient, pixels);
      const lanes = laneStride(pixels);
      const unfoldedGradient = desk.room(4 * inputs * lanes);
      kernels.signProduct(transposed, inputs, filters, dz, lanes, 1, pixels, unfoldedGradient);
      const folded = desk.room(4 * channels * lanes);
      kernels.fold(unfoldedGradient, batch, height, width, channels, folded);

      const unfolded = unfold(desk, map, [height, width, channels]);
      const inputsTransposed = desk.room(inputs * bitRowBytes(pixels));
      kernels.transposeBits(unfolded, pixels, inputs, inputsTransposed);
      const dw = desk.room(4 * inputs * laneStride(filters));
      kernels.signProduct(inputsTransposed, inputs, pixels, dz, 1, lanes, filters, dw);
      return {
        ofMap: desk.floatRows(folded, channels, pixels),
        ofWeights: desk.floatRows(dw, inputs, filters),
      };
    });
    const dy = tf.tensor(transpose(gradient, filters, new Float32Array(gradient.length)), [
      batch,
      height,
      width,
      filters,
    ]);
    const [dMap, dWeights] = tf.grads(convolve)([mapTensor, weightTensor], dy);
    const expected = dMap.dataSync();
    expect(ofMap).toEqual(transpose(expected, pixels, new Float32Array(expected.length)));
    expect(ofWeights).toEqual(dWeights.dataSync());
  });
});

describe('unfolding', () => {
  it('puts each pixel’s neighbors side by side, −1 outside, and clears the padding', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        upTo(4),
        upTo(6),
        upTo(7),
        upTo(70),
        async (random, samples, h, w, c) => {
          const map = randomBits(samples, h * w * c, random);
          const rows = samples * h * w;
          const { bits } = await onBoth((desk) => ({
            bits: desk.bits(unfold(desk, map, [h, w, c]), rows, 9 * c),
          }));
          const expected = BitMatrix.create(rows, 9 * c);
          for (let i = 0; i < rows * 9; i++) {
            const [row, ky, kx] = [Math.floor(i / 9), Math.floor((i % 9) / 3), i % 3];
            const [sample, pixel] = [Math.floor(row / (h * w)), row % (h * w)];
            const [y, x] = [Math.floor(pixel / w) + ky - 1, (pixel % w) + kx - 1];
            if (y < 0 || y >= h || x < 0 || x >= w) continue;
            for (let k = 0; k < c; k++) {
              expected.set(row, (i % 9) * c + k, map.get(sample, (y * w + x) * c + k));
            }
          }
          expect(bits).toEqual(expected.bytes);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('folding', () => {
  const fold = async (
    gradient: Float32Array<ArrayBuffer>,
    [samples, h, w, c]: readonly [number, number, number, number],
  ) => {
    const lanes = samples * h * w;
    const { out } = await onBoth((desk) => {
      const out = desk.room(4 * c * laneStride(lanes));
      desk.kernels.fold(desk.putRows(gradient, lanes), samples, h, w, c, out);
      return { out: desk.floatRows(out, c, lanes) };
    });
    return out;
  };

  it('is the adjoint of unfolding: ⟨unfold(x), g⟩ = ⟨x, fold(g)⟩', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        upTo(3),
        upTo(6),
        upTo(13),
        upTo(5),
        async (random, samples, h, w, c) => {
          const lanes = samples * h * w;
          const map = randomBits(samples, h * w * c, random);
          const gradient = Float32Array.from(randomIntegers(9 * c * lanes, 50, random));
          const folded = await fold(gradient, [samples, h, w, c]);
          const { bits } = await onBoth((desk) => ({
            bits: desk.bits(unfold(desk, map, [h, w, c]), lanes, 9 * c),
          }));
          // With set bits as 1 and clear ones as 0, what lies outside adds nothing.
          let above = 0;
          let below = 0;
          const rowBytes = bitRowBytes(9 * c);
          for (let lane = 0; lane < lanes; lane++) {
            for (let k = 0; k < 9 * c; k++) {
              const set = (bits[lane * rowBytes + (k >> 3)] >> (k & 7)) & 1;
              above += set * gradient[k * lanes + lane];
            }
            for (let k = 0; k < c; k++) {
              const set = map.get(Math.floor(lane / (h * w)), (lane % (h * w)) * c + k);
              below += Number(set) * folded[k * lanes + lane];
            }
          }
          expect(below).toBe(above);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('adds the taps in ascending order, from +0', async () => {
    // One channel; the middle one of 3 × 3 pixels has all nine taps: tap t at pixel 8 − t.
    const middle = async (taps: readonly number[]) => {
      const gradient = new Float32Array(81);
      taps.forEach((value, t) => {
        gradient[t * 9 + 8 - t] = value;
      });
      return (await fold(gradient, [1, 3, 3, 1]))[4];
    };
    const big = 2 ** 24; // big + 1 rounds to big
    expect(await middle([big, 1, -big, 0, 0, 0, 0, 0, 0])).toBe(0);
    expect(await middle([big, -big, 1, 0, 0, 0, 0, 0, 0])).toBe(1);
    expect(await middle([1, big, 0, 0, 0, 0, 0, -big, 1])).toBe(1);
    expect(await middle(Array(9).fill(-0))).toBe(0);
  });

  it('gives the same bytes on both implementations for floats of any size', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, upTo(3), upTo(6), upTo(13), async (random, samples, h, w) => {
        await fold(randomFloats(18 * samples * h * w, random), [samples, h, w, 2]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('2×2 max-pooling', () => {
  const pool = async (z: Int32Array<ArrayBuffer>, [n, b, h, w]: readonly number[], offset = 0) =>
    onBoth((desk) => {
      const pooled = b * (h >> 1) * (w >> 1);
      const out = desk.room(4 * n * laneStride(pooled));
      const winners = desk.room(n * laneStride(pooled));
      desk.kernels.maxPool(desk.putRows(z, b * h * w), offset, n, b, h, w, out, winners);
      const gradient = Float32Array.from({ length: n * pooled }, (_, i) => i + 1);
      const back = desk.room(4 * n * laneStride(b * h * w));
      desk.kernels.maxPoolGradient(desk.putRows(gradient, pooled), winners, n, b, h, w, back);
      return {
        out: desk.integerRows(out, n, pooled),
        back: desk.floatRows(back, n, b * h * w),
      };
    });

  it('takes the first among equals', async () => {
    const { out, back } = await pool(Int32Array.from([5, 5, 1, 2, 5, 3, 3, 3]), [1, 1, 2, 4]);
    expect([...out]).toEqual([5, 3]);
    expect([...back]).toEqual([1, 0, 0, 0, 0, 0, 2, 0]);
  });

  it('takes the offset off the largest', async () => {
    const { out } = await pool(Int32Array.from([5, -5, 1, 2]), [1, 1, 2, 2], 7);
    expect([...out]).toEqual([-2]);
  });

  it('gives the maxima and the gradients that TensorFlow.js finds, odd sides rounded down', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        upTo(3),
        upTo(3),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 2, max: 13 }),
        async (random, n, b, h, w) => {
          const z = randomIntegers(n * b * h * w, 6, random);
          const { out, back } = await pool(z, [n, b, h, w]);
          // Every feature of every sample is an image of one channel.
          const images = tf.tensor4d(Float32Array.from(z), [n * b, h, w, 1]);
          const maxPool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
          const maxima = maxPool(images);
          expect([...out]).toEqual([...maxima.dataSync()]);
          const dy = tf.tensor(
            Array.from(out, (_, i) => i + 1),
            maxima.shape,
          );
          expect([...back]).toEqual([...tf.grad(maxPool)(images, dy).dataSync()]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('between pixels and flat samples', () => {
  it('keeps the order of the bits in rows of another length', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        upTo(6),
        upTo(9),
        upTo(90),
        fc.boolean(),
        async (random, samples, perSample, c, flat) => {
          const [cols, newCols] = flat ? [c, perSample * c] : [perSample * c, c];
          const rows = (samples * perSample * c) / cols;
          const source = randomBits(rows, cols, random);
          const newRows = (rows * cols) / newCols;
          const { bits } = await onBoth((desk) => {
            const out = desk.room(newRows * bitRowBytes(newCols));
            desk.kernels.reshapeBits(desk.put(source.bytes), rows, cols, out, newCols);
            return { bits: desk.bits(out, newRows, newCols) };
          });
          expect(bits).toEqual(BitMatrix.fromSigns(newRows, newCols, signs(source)).bytes);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('brings the gradient of a flat map to its pixels', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, upTo(20), upTo(9), upTo(9), async (random, samples, p, c) => {
        const gradient = randomFloats(p * c * samples, random);
        const { out } = await onBoth((desk) => {
          const out = desk.room(4 * c * laneStride(samples * p));
          desk.kernels.unflattenGradient(desk.putRows(gradient, samples), samples, p, c, out);
          return { out: desk.floatRows(out, c, samples * p) };
        });
        const expected = tf.transpose(tf.tensor3d(gradient, [p, c, samples]), [1, 2, 0]);
        expect(out).toEqual(expected.dataSync());
      }),
      { numRuns: 20 },
    );
  });
});
