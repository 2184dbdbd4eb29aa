/** Rows of named columns, such as a CSV file holds: the samples of a table extractor. */

export interface TableColumn {
  readonly name: string;
  /** A text a row; numbers as decimals. */
  readonly values: readonly string[];
}

export interface Table {
  /** Rows. */
  readonly count: number;
  readonly columns: readonly TableColumn[];
  /** The file, for errors. */
  readonly source: string;
  /** Line of the file of each row, from 1, for errors. */
  readonly lines: Uint32Array;
}

const MISSING: ReadonlySet<string> = new Set(['', '?', 'NA', 'NaN', 'null']);
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** True of a text that says that there is no value: empty, `?`, `NA`, `NaN` or `null`. */
export function isMissing(text: string): boolean {
  return MISSING.has(text);
}

/** The finite decimal number that a text writes, or NaN. */
export function readDecimal(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The rows at `indices`, in that order. */
export function takeTableRows(table: Table, indices: Uint32Array): Table {
  return {
    ...table,
    count: indices.length,
    columns: table.columns.map(({ name, values }) => ({
      name,
      values: Array.from(indices, (row) => values[row]),
    })),
    lines: Uint32Array.from(indices, (row) => table.lines[row]),
  };
}
