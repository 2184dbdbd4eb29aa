/**
 * The `quantiles` extractor, for tables: a numeric column is thermometer-coded (Buckman et al., ICLR
 * 2018), one bit a threshold, set where value ≥ threshold; each category of another column is one bit.
 * A missing value and a category that the sample did not have set no bit of their column. Decimals are
 * read exactly and only compared: the same on every machine.
 */

import { BitMatrix } from '../kernels/bits.js';
import { FederationError } from '../protocol/errors.js';
import type { Extractor, Samples } from './extractor.js';
import type { QuantilesHeader } from './file-header.js';
import { isMissing, readDecimal, type Table, type TableColumn } from './table.js';

export class QuantilesExtractor implements Extractor {
  readonly kind = 'quantiles';
  readonly bits: number;
  readonly input: Extractor['input'];

  /** @param thresholds of all numeric columns, in the order of the header, each column's ascending */
  constructor(
    private readonly header: QuantilesHeader,
    private readonly thresholds: Float64Array,
    readonly sha256: string,
  ) {
    this.bits = header.bits;
    this.input = { columns: header.columns.length };
  }

  async extract(samples: Samples, onProgress?: (done: number) => void): Promise<BitMatrix> {
    const table = requireTable(samples);
    const matrix = BitMatrix.create(table.count, this.bits);
    let bit = 0;
    let used = 0;
    for (const column of this.header.columns) {
      const given = findColumn(table, column.name);
      if (column.kind === 'numeric') {
        const own = this.thresholds.subarray(used, used + column.thresholds);
        setThermometer(matrix, bit, own, table, given);
        used += own.length;
        bit += own.length;
      } else {
        setCategory(matrix, bit, column.categories, given);
        bit += column.categories.length;
      }
    }
    onProgress?.(1);
    return matrix;
  }

  /** Holds nothing. */
  dispose(): void {}
}

function requireTable(samples: Samples): Table {
  if ('columns' in samples) return samples;
  throw new FederationError(
    'bad-request',
    'the samples are images, but the extractor takes a table; give rows of named columns or choose another extractor',
  );
}

function findColumn(table: Table, name: string): TableColumn {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  throw new FederationError(
    'bad-request',
    `${table.source}: has no column "${name}", which the extractor takes; name the columns as the extractor's sample does`,
  );
}

function setThermometer(
  matrix: BitMatrix,
  first: number,
  thresholds: Float64Array,
  table: Table,
  { name, values }: TableColumn,
): void {
  values.forEach((text, row) => {
    if (isMissing(text)) return;
    const value = readDecimal(text);
    if (Number.isNaN(value)) {
      throw new FederationError(
        'bad-request',
        `${table.source}: line ${table.lines[row]}: column "${name}" is "${text}", but the extractor takes numbers there; correct it or leave it empty`,
      );
    }
    for (let t = 0; t < thresholds.length && value >= thresholds[t]; t++) {
      matrix.set(row, first + t, true);
    }
  });
}

function setCategory(
  matrix: BitMatrix,
  first: number,
  categories: readonly string[],
  { values }: TableColumn,
): void {
  const bits = new Map(categories.map((category, i) => [category, first + i]));
  values.forEach((text, row) => {
    const bit = bits.get(text);
    if (bit !== undefined) matrix.set(row, bit, true);
  });
}
