/** From a CSV file to the rows and labels of a task. */
import { corruptCsv, readCsvRecords } from '@fedhybnn/client/csv';
import { FederationError, type Table } from '@fedhybnn/shared';
import type { TaskInfo } from '../messages.js';

export interface LabeledTable {
  /** The columns that the extractor takes, in its order. */
  readonly table: Table;
  readonly labels: readonly number[];
  readonly labelColumn: string;
}

/**
 * The label is the column all of whose values are labels of the task: of several the last that is no
 * feature.
 * @throws FederationError `file-corrupt` naming file and line, `bad-request` naming a column that is
 *   missing
 */
export function readTable(
  bytes: Uint8Array,
  source: string,
  { columns, labels }: Pick<TaskInfo, 'columns' | 'labels'>,
): LabeledTable {
  const { header, records, lines } = readCsvRecords(bytes, source);
  const numbers = new Map(labels.map((label, i) => [label, i]));
  const features = new Set(columns.map(({ name }) => name));
  const holdsLabels = (at: number) => records.every((record) => numbers.has(record[at]));
  const known = header.flatMap((name, at) => (features.has(name) ? [] : at)).filter(holdsLabels);
  const labelAt = known.at(-1);
  if (labelAt === undefined) throw labelProblem(source, header, records, lines, features, labels);
  const kept = columns.map(({ name }) => {
    const at = header.indexOf(name);
    if (at >= 0) return { name, values: records.map((record) => record[at]) };
    throw new FederationError(
      'bad-request',
      `${source}: has no column "${name}"; this federation learns from the columns ${[...features].join(', ')}`,
    );
  });
  return {
    table: { source, count: records.length, lines, columns: kept },
    labels: records.map((record) => numbers.get(record[labelAt]) ?? 0),
    labelColumn: header[labelAt],
  };
}

/** Where one column holds labels for the most part, its first wrong value is what helps. */
function labelProblem(
  source: string,
  header: readonly string[],
  records: readonly (readonly string[])[],
  lines: Uint32Array,
  features: ReadonlySet<string>,
  labels: readonly string[],
): FederationError {
  const isLabel = (record: readonly string[], at: number) => labels.includes(record[at]);
  const almost = [...header.keys()]
    .filter((at) => !features.has(header[at]))
    .find((at) => 2 * records.filter((record) => isLabel(record, at)).length > records.length);
  if (almost !== undefined) {
    const row = records.findIndex((record) => !isLabel(record, almost));
    return corruptCsv(
      source,
      `line ${lines[row]}: "${records[row][almost]}" in column "${header[almost]}" is not a label; the labels are ${labels.join(', ')}`,
    );
  }
  return new FederationError(
    'bad-request',
    `${source}: no column holds the labels of this federation (${labels.join(', ')}); add one`,
  );
}
