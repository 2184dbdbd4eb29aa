/** The records of a CSV text (RFC 4180), in Node and in pages: the first line names the columns. */
import { FederationError } from '@fedhybnn/shared';
// Of the parser's builds the one that needs nothing of Node.
import { CsvError, parse } from 'csv-parse/browser/esm/sync';

export interface CsvRecords {
  /** Names the text in errors: a path, or a file's name. */
  readonly source: string;
  readonly header: readonly string[];
  /** As many values each as the header has names. */
  readonly records: readonly (readonly string[])[];
  /** Line of the text on which each record ends, from 1. */
  readonly lines: Uint32Array;
}

/**
 * @param bytes UTF-8, with or without a byte order mark
 * @throws FederationError `file-corrupt` naming source and line
 */
export function readCsvRecords(bytes: Uint8Array, source: string): CsvRecords {
  const lines: number[] = [];
  let rows: string[][];
  try {
    // Decoding leaves the byte order mark out.
    rows = parse(new TextDecoder().decode(bytes), {
      skip_empty_lines: true,
      trim: true,
      on_record: (record: string[], context) => {
        lines.push(context.lines);
        return record;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw corruptCsv(source, cause.message, cause);
  }
  const [header, ...records] = rows;
  if (header === undefined || records.length === 0) {
    throw corruptCsv(source, 'holds no row below a first line that names the columns');
  }
  const unnamed = header.indexOf('');
  if (unnamed >= 0) throw corruptCsv(source, `line 1: column ${unnamed + 1} has no name`);
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw corruptCsv(source, `line 1: two columns are named "${twice}"`);
  return { source, header, records, lines: Uint32Array.from(lines.slice(1)) };
}

/** A CSV text that is not what it says. */
export function corruptCsv(source: string, what: string, cause?: unknown): FederationError {
  return new FederationError('file-corrupt', `${source}: ${what}; correct the file`, { cause });
}
