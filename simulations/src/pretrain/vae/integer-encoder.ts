/**
 * From a trained encoder in f32 to one in integers. Bits depend on products and thresholds only, so
 * every unit may have a scale of its own: the hidden ones to fill 0 … 255, the weights to fill i8.
 */
import { type ImageBatch, latentSums, type VaeArrays } from '@fedhybnn/shared';

/** The encoder as trained; pixels in [0, 1]. */
export interface RealEncoder {
  /** [pixels][hidden] and [hidden]. */
  readonly weights1: Float32Array;
  readonly biases1: Float32Array;
  /** [hidden][bits]. Its biases are not needed: thresholds take their place. */
  readonly weights2: Float32Array;
}

const LARGEST_WEIGHT = 127;
const LARGEST_VALUE = 255;

/**
 * @param images public: scales and thresholds (medians) are fitted on them
 */
export function toIntegers(encoder: RealEncoder, images: ImageBatch): VaeArrays {
  const first = quantizeColumns(encoder.weights1, encoder.biases1.length);
  const biases = Int32Array.from(encoder.biases1, (bias, h) =>
    Math.round((bias * LARGEST_VALUE) / first.steps[h]),
  );
  const largest = largestHidden(images, first.weights, biases);
  const scales = Float32Array.from(largest, (sum) => LARGEST_VALUE / sum);
  // A hidden unit's step back to f32 goes into its row of the second layer.
  const bits = encoder.weights2.length / biases.length;
  const second = encoder.weights2.map((weight, i) => {
    const h = Math.floor(i / bits);
    return weight * largest[h] * first.steps[h];
  });
  const arrays = {
    ...{ scales, biases, first: first.weights },
    second: quantizeColumns(second, bits).weights,
  };
  return { ...arrays, thresholds: medians(latentSums(arrays, images, 0, images.count), bits) };
}

/** Each column in steps of its own. */
function quantizeColumns(weights: Float32Array, columns: number) {
  const steps = new Float64Array(columns);
  weights.forEach((weight, i) => {
    steps[i % columns] = Math.max(steps[i % columns], Math.abs(weight) / LARGEST_WEIGHT);
  });
  const quantized = Int8Array.from(weights, (weight, i) => {
    const step = steps[i % columns];
    return step === 0 ? 0 : Math.round(weight / step);
  });
  return { weights: quantized, steps };
}

/** The largest sum of every hidden unit, at least 1. */
function largestHidden(images: ImageBatch, weights: Int8Array, biases: Int32Array): Int32Array {
  const hidden = biases.length;
  const values = weights.length / hidden;
  const largest = new Int32Array(hidden).fill(1);
  const sums = new Int32Array(hidden);
  for (let image = 0; image < images.count; image++) {
    sums.set(biases);
    for (let i = 0; i < values; i++) {
      const pixel = images.pixels[image * values + i];
      if (pixel === 0) continue;
      for (let h = 0; h < hidden; h++) sums[h] += pixel * weights[i * hidden + h];
    }
    for (let h = 0; h < hidden; h++) largest[h] = Math.max(largest[h], sums[h]);
  }
  return largest;
}

/** The median of every column of [rows][columns]; the upper one of an even number. */
function medians(values: Int32Array, columns: number): Int32Array {
  const rows = values.length / columns;
  const column = new Int32Array(rows);
  return Int32Array.from({ length: columns }, (_, c) => {
    for (let r = 0; r < rows; r++) column[r] = values[r * columns + c];
    return column.sort()[rows >> 1];
  });
}
