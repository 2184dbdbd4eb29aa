/**
 * Fits the `quantiles` extractor on a public sample: thresholds of a numeric column at its quantiles
 * i / (thresholds + 1), and the categories of every other column.
 */
import {
  encodeExtractorFile,
  FederationError,
  isMissing,
  type QuantilesHeader,
  readDecimal,
  type Table,
  type TableColumn,
} from '@fedhybnn/shared';

/** A column with more is an id or free text. */
const MOST_CATEGORIES = 256;

export interface QuantilesOptions {
  /** Unlabeled rows. */
  readonly table: Table;
  /** Name in the file: letters, digits and hyphens. */
  readonly name: string;
  /** Thresholds of a numeric column; equal ones become one. */
  readonly thresholds: number;
  /** Columns whose numbers are names; columns with other text are categories by themselves. */
  readonly categorical?: readonly string[] | undefined;
  /** What the rows are, for the file. */
  readonly trainedOn: string;
  /** The command that was given, for the file. */
  readonly command: string;
}

export interface QuantileStatistics {
  readonly numericColumns: number;
  readonly categoryColumns: number;
}

type Column = QuantilesHeader['columns'][number];

/** @throws FederationError `bad-request` naming a column that cannot be used */
export function pretrainQuantiles(options: QuantilesOptions): {
  readonly file: Uint8Array;
  readonly statistics: QuantileStatistics;
} {
  const { table, name, categorical = [], trainedOn, command } = options;
  const unknown = categorical.find((wanted) => !table.columns.some((c) => c.name === wanted));
  if (unknown !== undefined) {
    throw refuse(table, `--categorical ${unknown}: there is no such column`, 'check its spelling');
  }
  const columns: Column[] = [];
  const thresholds: number[] = [];
  for (const column of table.columns) {
    if (!categorical.includes(column.name) && isNumeric(column)) {
      const own = quantiles(column, options.thresholds);
      thresholds.push(...own);
      columns.push({ kind: 'numeric', name: column.name, thresholds: own.length });
    } else {
      columns.push({ kind: 'category', name: column.name, categories: categories(table, column) });
    }
  }
  const bits = columns.reduce(
    (sum, c) => sum + (c.kind === 'numeric' ? c.thresholds : c.categories.length),
    0,
  );
  if (bits === 0) throw refuse(table, 'no column varies', 'give columns with more than one value');
  const numericColumns = columns.filter(({ kind }) => kind === 'numeric').length;
  const header: QuantilesHeader = { kind: 'quantiles', name, bits, columns, trainedOn, command };
  return {
    file: encodeExtractorFile({ header, thresholds: Float64Array.from(thresholds) }),
    statistics: { numericColumns, categoryColumns: columns.length - numericColumns },
  };
}

/** True where every value that is there is a decimal number, and one is there. */
function isNumeric({ values }: TableColumn): boolean {
  const present = values.filter((text) => !isMissing(text));
  return present.length > 0 && present.every((text) => !Number.isNaN(readDecimal(text)));
}

/** Ascending, without repetition; the smallest value is left out, since its bit would always be set. */
function quantiles({ values }: TableColumn, thresholds: number): number[] {
  const sorted = Float64Array.from(
    values.filter((text) => !isMissing(text)),
    readDecimal,
  ).sort();
  const chosen = new Set<number>();
  for (let i = 1; i <= thresholds; i++) {
    const value = sorted[Math.floor((i * sorted.length) / (thresholds + 1))];
    if (value > sorted[0]) chosen.add(value);
  }
  return [...chosen];
}

/** By code unit, without what is missing. */
function categories(table: Table, { name, values }: TableColumn): string[] {
  const found = [...new Set(values)].filter((text) => !isMissing(text)).sort();
  if (found.length > MOST_CATEGORIES) {
    throw refuse(
      table,
      `column "${name}" has ${found.length} different values that are no numbers, more than ${MOST_CATEGORIES}`,
      'leave it out with --ignore',
    );
  }
  return found;
}

function refuse({ source }: Table, what: string, remedy: string): FederationError {
  return new FederationError('bad-request', `${source}: ${what}; ${remedy}`);
}
