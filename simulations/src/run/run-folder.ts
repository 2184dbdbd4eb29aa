/** The folder of a run: what was asked, what came out, one line a round as it happens. */
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  exportHead,
  exportProblem,
  FederationError,
  type GlobalModel,
  type Task,
} from '@fedhybnn/shared';
import type { RoundMetrics } from '../engine/round-metrics.js';
import type { RunOptions } from './options.js';
import type { RunSummary } from './summary.js';

export class RunFolder {
  private writes: Promise<void> = Promise.resolve();

  private constructor(private readonly folder: string) {}

  /** @throws FederationError `data-folder` if the folder cannot be written */
  static async create(folder: string): Promise<RunFolder> {
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'metrics.ndjson'), '');
    } catch (cause) {
      throw new FederationError(
        'data-folder',
        `--out ${folder}: cannot be written; choose another folder or change its permissions`,
        { cause },
      );
    }
    return new RunFolder(folder);
  }

  /** Lines reach the file in the order of the calls; {@link finish} waits for them. */
  add(metrics: RoundMetrics): void {
    this.writes = this.writes.then(() =>
      appendFile(join(this.folder, 'metrics.ndjson'), `${JSON.stringify(metrics)}\n`),
    );
  }

  /**
   * `head.fhh` is the last model, ready for inference on the bits of `extractor.fhx`, where a head
   * file can hold it.
   */
  async finish(
    options: RunOptions,
    task: Task,
    summary: RunSummary,
    model: GlobalModel,
    extractorFile: Uint8Array,
  ): Promise<void> {
    await this.writes;
    if (exportProblem(task) === undefined) {
      await writeFile(join(this.folder, 'head.fhh'), exportHead(task, model));
    }
    await writeFile(join(this.folder, 'extractor.fhx'), extractorFile);
    const [cpu] = cpus();
    const run = {
      summary,
      options,
      task,
      versions: { node: process.version, fedhybnn: '0.1.0' },
      hardware: { cpu: cpu?.model ?? 'unknown', cores: cpus().length, platform: process.platform },
    };
    const path = join(this.folder, 'run.json');
    await writeFile(`${path}.tmp`, `${JSON.stringify(run, null, 2)}\n`);
    await rename(`${path}.tmp`, path);
  }
}
