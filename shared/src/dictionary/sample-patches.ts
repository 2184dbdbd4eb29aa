/** Random patches with some contrast, each centered and scaled. */
import type { ImageBatch } from '../extractor/extractor.js';
import { FederationError } from '../protocol/errors.js';
import type { Random } from '../random/random.js';

export interface PatchSampling {
  /** Side of a patch. */
  readonly size: number;
  readonly count: number;
  /** Standard deviation that a patch must exceed, in pixels (0…255). */
  readonly leastDeviation: number;
  /** Added to a patch's norm before it is divided by it, in pixels (0…255). */
  readonly contrastFloor: number;
}

/** Draws for one accepted patch, on average, before the images count as flat. */
const PATIENCE = 200;

/**
 * [count][size·size·channels]: patches of random places in random images, minus their mean, divided
 * by norm + contrastFloor.
 * @throws FederationError `bad-request` if the images are smaller than a patch, or flat
 */
export function samplePatches(
  images: ImageBatch,
  sampling: PatchSampling,
  random: Random,
): Float64Array {
  const { size, count } = sampling;
  const patches = drawPatches(images, sampling, random);
  const accepted = patches.length / (size * size * images.channels);
  if (accepted < count) {
    throw new FederationError(
      'bad-request',
      `only ${accepted} of ${count} patches have enough contrast; give images that are not flat`,
    );
  }
  return patches;
}

/**
 * As {@link samplePatches}, but fewer than `count` patches, or none, where the images are flat.
 * @throws FederationError `bad-request` if the images are smaller than a patch
 */
export function drawPatches(
  images: ImageBatch,
  sampling: PatchSampling,
  random: Random,
): Float64Array {
  const { size, count, leastDeviation, contrastFloor } = sampling;
  const { width, height, channels } = images;
  if (size > width || size > height || images.count === 0) {
    throw new FederationError(
      'bad-request',
      `${images.count} images of ${width}×${height} hold no ${size}×${size} patch; give larger images or smaller patches`,
    );
  }
  const n = size * size * channels;
  const patches = new Float64Array(count * n);
  let accepted = 0;
  for (let draws = 0; accepted < count && draws < PATIENCE * count; draws++) {
    const patch = patches.subarray(accepted * n, (accepted + 1) * n);
    cut(images, size, random, patch);
    const norm = center(patch);
    if (norm / Math.sqrt(n) <= leastDeviation) continue;
    for (let i = 0; i < n; i++) patch[i] /= norm + contrastFloor;
    accepted++;
  }
  return patches.subarray(0, accepted * n);
}

/** Copies a random patch, [row][column][channel]. */
function cut(images: ImageBatch, size: number, random: Random, patch: Float64Array): void {
  const { width, height, channels, pixels } = images;
  const image = random.below(images.count);
  const top = random.below(height - size + 1);
  const left = random.below(width - size + 1);
  const rowValues = size * channels;
  for (let y = 0; y < size; y++) {
    const start = ((image * height + top + y) * width + left) * channels;
    patch.set(pixels.subarray(start, start + rowValues), y * rowValues);
  }
}

/** Subtracts the mean. Returns the norm of what is left. */
function center(patch: Float64Array): number {
  let sum = 0;
  for (const value of patch) sum += value;
  const mean = sum / patch.length;
  let squares = 0;
  for (let i = 0; i < patch.length; i++) {
    patch[i] -= mean;
    squares += patch[i] * patch[i];
  }
  return Math.sqrt(squares);
}
