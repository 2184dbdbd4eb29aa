/**
 * The specification of 3×3 convolution and 2×2 max-pooling around the binary products, in plain
 * TypeScript. Only {@link fold} adds floats: out = (((0 + g₀) + g₁) + …), each sum rounded to f32,
 * over the taps t = 0 … 8 in ascending order; taps whose pixel lies outside the map are skipped.
 */
import type { GrowingMemory } from './growing-memory.js';
import { bitRowBytes, type Kernels, laneStride } from './kernels.js';

/** The part of the kernels that this file specifies. */
export type ConvolutionKernels = Pick<
  Kernels,
  'unfold' | 'fold' | 'maxPool' | 'maxPoolGradient' | 'reshapeBits' | 'unflattenGradient'
>;

/** The kernels of this file, on a memory. */
export function convolutionKernels(memory: GrowingMemory): ConvolutionKernels {
  return {
    unfold(map, batch, height, width, channels, out) {
      const pixels = height * width;
      const rowBytes = bitRowBytes(pixels * channels);
      memory.writeBits(out, batch * pixels, 9 * channels, (row, col) => {
        const tap = Math.floor(col / channels);
        const { y, x, inside } = neighbor(row % pixels, tap, height, width);
        const sample = map + Math.floor(row / pixels) * rowBytes;
        return inside && memory.bit(sample, (y * width + x) * channels + (col % channels));
      });
    },

    fold(gradient, batch, height, width, channels, out) {
      const { f32 } = memory;
      const pixels = height * width;
      const stride = laneStride(batch * pixels);
      for (let c = 0; c < channels; c++) {
        for (let lane = 0; lane < batch * pixels; lane++) {
          const pixel = lane % pixels;
          let sum = 0;
          for (let tap = 0; tap < 9; tap++) {
            // Whoever has this pixel as its neighbor t lies opposite.
            const { y, x, inside } = neighbor(pixel, 8 - tap, height, width);
            if (!inside) continue;
            const from = (tap * channels + c) * stride + (lane - pixel) + y * width + x;
            sum = Math.fround(sum + f32[(gradient >> 2) + from]);
          }
          f32[(out >> 2) + c * stride + lane] = sum;
        }
      }
    },

    maxPool(z, offset, features, batch, height, width, out, winners) {
      const { i32, u8 } = memory;
      forEachPool(features, batch, height, width, (pooled, corner) => {
        let winner = 0;
        for (let place = 1; place < 4; place++) {
          const value = i32[(z >> 2) + corner + toPlace(place, width)];
          if (value > i32[(z >> 2) + corner + toPlace(winner, width)]) winner = place;
        }
        const largest = i32[(z >> 2) + corner + toPlace(winner, width)];
        i32[(out >> 2) + pooled] = largest - offset;
        u8[winners + pooled] = winner;
      });
    },

    maxPoolGradient(gradient, winners, features, batch, height, width, out) {
      const { f32, u8 } = memory;
      const first = out >> 2;
      f32.fill(0, first, first + features * laneStride(batch * height * width));
      forEachPool(features, batch, height, width, (pooled, corner) => {
        const to = corner + toPlace(u8[winners + pooled], width);
        f32[first + to] = f32[(gradient >> 2) + pooled];
      });
    },

    reshapeBits(src, rows, cols, dst, newCols) {
      const rowBytes = bitRowBytes(cols);
      memory.writeBits(dst, (rows * cols) / newCols, newCols, (row, col) => {
        const bit = row * newCols + col;
        return memory.bit(src + Math.floor(bit / cols) * rowBytes, bit % cols);
      });
    },

    unflattenGradient(gradient, batch, pixels, channels, out) {
      const { f32 } = memory;
      const from = laneStride(batch);
      const to = laneStride(batch * pixels);
      for (let c = 0; c < channels; c++) {
        for (let lane = 0; lane < batch * pixels; lane++) {
          const sample = Math.floor(lane / pixels);
          const feature = (lane % pixels) * channels + c;
          f32[(out >> 2) + c * to + lane] = f32[(gradient >> 2) + feature * from + sample];
        }
      }
    },
  };
}

/** The pixel that tap t = 3·ky + kx of a pixel's neighborhood falls on. */
function neighbor(pixel: number, tap: number, height: number, width: number) {
  const y = Math.floor(pixel / width) + Math.floor(tap / 3) - 1;
  const x = (pixel % width) + (tap % 3) - 1;
  return { y, x, inside: y >= 0 && y < height && x >= 0 && x < width };
}

/** From the upper left pixel of a pool to its place 2·dy + dx. */
function toPlace(place: number, width: number): number {
  return (place >> 1) * width + (place & 1);
}

/** Visits every pool with its element in the pooled matrix and its upper left one in the whole. */
function forEachPool(
  features: number,
  batch: number,
  height: number,
  width: number,
  visit: (pooled: number, corner: number) => void,
): void {
  const rows = height >> 1;
  const columns = width >> 1;
  const pools = batch * rows * columns;
  for (let feature = 0; feature < features; feature++) {
    for (let pool = 0; pool < pools; pool++) {
      const line = Math.floor(pool / columns);
      const y = Math.floor(line / rows) * height + 2 * (line % rows);
      const corner = feature * laneStride(batch * height * width) + y * width;
      visit(feature * laneStride(pools) + pool, corner + 2 * (pool % columns));
    }
  }
}
