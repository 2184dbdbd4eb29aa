/** `metrics.ndjson`: one published round a line, in order. */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { FederationError } from '@fedhybnn/shared';
import * as z from 'zod';
import type { RoundMetrics } from '../engine/round-metrics.js';

const metricsSchema = z.strictObject({
  round: z.int().positive(),
  accuracy: z.number().nullable(),
  loss: z.number().nullable(),
  receivers: z.int(),
  counted: z.int(),
  screened: z.int(),
  rolledBack: z.boolean(),
  uplinkBytes: z.int(),
  downlinkBytes: z.int(),
  modelHash: z.string(),
  seconds: z.number(),
  simulatedMs: z.exactOptional(z.number()),
  simulatedSeconds: z.exactOptional(z.number()),
  extra: z.exactOptional(z.record(z.string(), z.union([z.number(), z.array(z.number())]))),
});

/** Open for appending; whoever opened it closes it. */
export class MetricsFile {
  private constructor(private readonly file: FileHandle) {}

  /** An empty file, whatever was there. */
  static async create(path: string): Promise<MetricsFile> {
    const file = await open(path, 'a');
    await file.truncate(0);
    return new MetricsFile(file);
  }

  /**
   * Goes on after the first rounds of a file; later lines are dropped, since they are played again.
   * @throws FederationError `file-corrupt` if it does not begin with these rounds
   */
  static async reopen(
    path: string,
    rounds: number,
  ): Promise<{ file: MetricsFile; metrics: RoundMetrics[] }> {
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, rounds);
    const metrics = lines.map((line, i) => parseLine(line, i + 1, path));
    if (metrics.length < rounds) throw corrupt(path, metrics.length + 1);
    const kept = lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0);
    const file = await open(path, 'a');
    await file.truncate(kept);
    return { file: new MetricsFile(file), metrics };
  }

  async append(metrics: RoundMetrics): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(metrics)}\n`);
  }

  /** Returns when what was appended is on the disk. */
  async sync(): Promise<void> {
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function parseLine(line: string, round: number, path: string): RoundMetrics {
  const parsed = metricsSchema.safeParse(jsonOf(line));
  if (!parsed.success || parsed.data.round !== round) throw corrupt(path, round);
  return parsed.data;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function corrupt(path: string, round: number): FederationError {
  return new FederationError(
    'file-corrupt',
    `${path}: line ${round} is not round ${round}; start again without --resume`,
  );
}
