/**
 * A table from a CSV file (RFC 4180), plain or packed by gzip: the first line names the columns, one
 * or several of which are labels, the others features. Values stay text: what they mean is for the
 * extractor to say, which was fitted on a public sample.
 */
import { createHash } from 'node:crypto';
import { BitMatrix, FederationError, type Table } from '@fedhybnn/shared';
import { type CsvRecords, corruptCsv, readCsvRecords } from './csv-records.js';
import type { TableDataset } from './dataset.js';
import { nameOfPath } from './path-name.js';
import { readUnpacked } from './read-file.js';

const LARGEST_CLASS_COUNT = 1000;
/** How a bit of a multi-label table may be written. */
const TRUTH: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  '0': false,
  false: false,
};

export interface CsvOptions {
  readonly file: string;
  /**
   * Label columns, each by its name or by its number from 1. One: its values are the classes. Several:
   * multi-label, each column says with 1 or true, 0 or false, whether the sample has the label.
   */
  readonly labels: readonly string[];
  /** Columns that are neither label nor feature, such as an id. */
  readonly ignored?: readonly string[] | undefined;
  /** Column that says whose a sample is, such as a writer or a device: no feature. */
  readonly owner?: string | undefined;
}

/**
 * @throws FederationError `dataset-missing` if the file cannot be read, `file-corrupt` naming file and
 *   line, `bad-request` naming a column that is not there
 */
export async function loadCsv(options: CsvOptions): Promise<TableDataset> {
  const { file, labels, ignored = [], owner } = options;
  const bytes = await readUnpacked(file).catch((cause) => {
    if (cause instanceof FederationError) throw cause;
    throw new FederationError(
      'dataset-missing',
      `${file}: cannot be read; name a CSV file whose first line names the columns`,
      { cause },
    );
  });
  const parsed = readCsvRecords(bytes, file);
  const { header, records, lines } = parsed;
  const truth = labels.map((label) => findColumn(header, label, file, '--label'));
  const apart = new Set(truth);
  for (const name of ignored) apart.add(findColumn(header, name, file, '--ignore'));
  const owning =
    owner === undefined ? undefined : findColumn(header, owner, file, '--natural-column');
  if (owning !== undefined) apart.add(owning);
  const kept = [...header.keys()].filter((column) => !apart.has(column));
  if (kept.length === 0) throw wrongColumns(file, 'no column is left for features', header);
  const columns = kept.map((column) => ({
    name: header[column],
    values: records.map((record) => record[column]),
  }));
  const table: Table = { source: file, count: records.length, lines, columns };
  const description = JSON.stringify({ truth, kept });
  const about = {
    name: nameOfPath(file),
    table,
    ...(owning !== undefined && { owners: ownersOf(records, owning) }),
    sha256: createHash('sha256').update(description).update(bytes).digest('hex'),
  };
  if (truth.length === 1) return { ...about, ...classesOf(parsed, truth[0]) };
  const targets = targetsOf(parsed, truth);
  return { ...about, classes: truth.map((column) => header[column]), targets };
}

/** By name, or else by number from 1. */
function findColumn(
  header: readonly string[],
  wanted: string,
  file: string,
  option: string,
): number {
  const named = header.indexOf(wanted);
  if (named >= 0) return named;
  const numbered = Number(wanted) - 1;
  if (/^\d+$/.test(wanted) && numbered in header) return numbered;
  throw wrongColumns(file, `${option} ${wanted}: there is no such column`, header);
}

function classesOf(
  { header, records, lines, source }: CsvRecords,
  column: number,
): { classes: string[]; labels: Int32Array } {
  const empty = records.findIndex((record) => record[column] === '');
  if (empty >= 0) {
    throw corruptCsv(source, `line ${lines[empty]}: label column "${header[column]}" is empty`);
  }
  const classes = [...new Set(records.map((record) => record[column]))].sort(inOrder);
  if (classes.length < 2 || classes.length > LARGEST_CLASS_COUNT) {
    const limits = `2…${LARGEST_CLASS_COUNT} are allowed`;
    const text = `label column "${header[column]}" has ${classes.length} different values, but ${limits}`;
    throw wrongColumns(source, text, header);
  }
  const numbers = new Map(classes.map((name, label) => [name, label]));
  const labels = Int32Array.from(records, (record) => numbers.get(record[column]) ?? 0);
  return { classes, labels };
}

/** A number for each owner, in the order of their names. */
function ownersOf(records: readonly (readonly string[])[], column: number): Int32Array {
  const names = [...new Set(records.map((record) => record[column]))].sort(inOrder);
  const numbers = new Map(names.map((name, owner) => [name, owner]));
  return Int32Array.from(records, (record) => numbers.get(record[column]) ?? 0);
}

/** Numbers by size, other text by code unit. */
function inOrder(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  return a < b ? -1 : Number(a > b);
}

function targetsOf(
  { header, records, lines, source }: CsvRecords,
  columns: readonly number[],
): BitMatrix {
  const targets = BitMatrix.create(records.length, columns.length);
  records.forEach((record, row) => {
    columns.forEach((column, n) => {
      const value = TRUTH[record[column].toLowerCase()];
      if (value === undefined) {
        const text = `column "${header[column]}" is "${record[column]}", not 1, 0, true or false`;
        throw corruptCsv(source, `line ${lines[row]}: ${text}`);
      }
      targets.set(row, n, value);
    });
  });
  return targets;
}

function wrongColumns(file: string, what: string, header: readonly string[]): FederationError {
  const shown = header.slice(0, 20).join(', ');
  const more = header.length > 20 ? ', …' : '';
  return new FederationError('bad-request', `${file}: ${what}; its columns are ${shown}${more}`);
}
