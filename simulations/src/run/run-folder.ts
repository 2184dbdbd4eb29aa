/** The folder of a run: what was asked, what came out, one line a round as it happens. */
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  describeHead,
  exportHead,
  exportProblem,
  FederationError,
  type GlobalModel,
  type Task,
} from '@fedhybnn/shared';
import type { ModelAnalysis } from '../analysis/index.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { metricsCsv } from './metrics-csv.js';
import type { RunOptions } from './options.js';
import { type Settings, withInfluence } from './settings.js';
import type { RunSummary } from './summary.js';

export interface FinishedRun {
  readonly options: RunOptions;
  /** As given; what was not stands at its default. */
  readonly settings: Settings;
  readonly task: Task;
  readonly summary: RunSummary;
  readonly model: GlobalModel;
  readonly extractorFile: Uint8Array;
  readonly analysis: ModelAnalysis;
}

export class RunFolder {
  private writes: Promise<void> = Promise.resolve();
  private readonly metrics: RoundMetrics[] = [];

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
    this.metrics.push(metrics);
    this.writes = this.writes.then(() =>
      appendFile(join(this.folder, 'metrics.ndjson'), `${JSON.stringify(metrics)}\n`),
    );
  }

  /**
   * `run.json` comes last: where it is, all else is.
   * `head.fhh` is the last model, ready for inference on the bits of `extractor.fhx`, where a head
   * file can hold it.
   */
  async finish(finished: FinishedRun): Promise<void> {
    const { options, settings, task, summary, model, extractorFile, analysis } = finished;
    await this.writes;
    if (exportProblem(task) === undefined) {
      await writeFile(join(this.folder, 'head.fhh'), exportHead(task, model));
    }
    await writeFile(join(this.folder, 'extractor.fhx'), extractorFile);
    await writeFile(join(this.folder, 'metrics.csv'), metricsCsv(this.metrics));
    await writeFile(join(this.folder, 'analysis.json'), `${JSON.stringify(analysis)}\n`);
    const [cpu] = cpus();
    const run = {
      summary,
      complete: summary.rounds >= options.rounds,
      settings: withInfluence(settings),
      options,
      layers: describeHead(task),
      task,
      versions: { node: process.version, fedhybnn: '0.1.0' },
      hardware: {
        cpu: cpu?.model ?? 'unknown',
        cores: cpus().length,
        memoryGb: Math.round(totalmem() / 1e8) / 10,
        platform: `${process.platform} ${process.arch}`,
      },
      finishedAt: new Date().toISOString(),
    };
    const path = join(this.folder, 'run.json');
    await writeFile(`${path}.tmp`, `${JSON.stringify(run, null, 2)}\n`);
    await rename(`${path}.tmp`, path);
  }
}
