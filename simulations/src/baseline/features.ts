/** Tables and images as the numbers that a real-valued network takes. */
import { type Dataset, requireImages, requireTable } from '@fedhybnn/client/node';
import { isMissing, readDecimal, type Table } from '@fedhybnn/shared';

export interface Features {
  /** [count][width]. */
  readonly values: Float32Array;
  readonly count: number;
  readonly width: number;
}

/** One column of features. */
type Encode = (values: readonly string[], row: number) => number;

/** Of a table as by {@link createFeatures}; of images the pixels, from 0 to 1. */
export function featuresOf(training: Dataset): (of: Dataset) => Features {
  if ('table' in training) {
    const encode = createFeatures(training.table);
    return (of) => encode(requireTable(of).table);
  }
  return (of) => {
    const { count, width, height, channels, pixels } = requireImages(of).images;
    return {
      count,
      width: width * height * channels,
      values: Float32Array.from(pixels, (value) => value / 255),
    };
  };
}

/**
 * Numeric columns standardized by mean and deviation, other columns one-hot; what is missing is 0.
 * @param sample what the scaling and the categories are learned from
 */
export function createFeatures(sample: Table): (table: Table) => Features {
  const encoders = sample.columns.map(({ name, values }) => ({ name, encode: encodersOf(values) }));
  const width = encoders.reduce((sum, { encode }) => sum + encode.length, 0);
  return (table) => {
    const { count } = table;
    const values = new Float32Array(count * width);
    let feature = 0;
    for (const { name, encode } of encoders) {
      const column = table.columns.find((candidate) => candidate.name === name)?.values ?? [];
      for (const own of encode) {
        for (let row = 0; row < count; row++) values[row * width + feature] = own(column, row);
        feature++;
      }
    }
    return { values, count, width };
  };
}

function encodersOf(values: readonly string[]): Encode[] {
  const present = values.filter((text) => !isMissing(text));
  const numbers = present.map(readDecimal);
  if (!numbers.some(Number.isNaN)) return [standardized(numbers)];
  return [...new Set(present)]
    .sort()
    .map((category) => (column, row) => Number(column[row] === category));
}

function standardized(numbers: readonly number[]): Encode {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
  const variance =
    numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, numbers.length);
  const deviation = variance > 0 ? Math.sqrt(variance) : 1;
  return (column, row) => {
    const value = readDecimal(column[row]);
    return Number.isNaN(value) ? 0 : (value - mean) / deviation;
  };
}
