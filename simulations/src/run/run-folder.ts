/**
 * The folder of a run: what was asked, what came out, one line a round as it happens, and where the
 * run stands, so that it can go on.
 *
 *   metrics.ndjson  one published round a line; metrics.csv the same at the end
 *   checkpoint.json every few rounds, and where the run was interrupted; gone at its end
 *   initial.fhm     the model that it began with, if not the task's own
 *   head.fhh, model.fhm, extractor.fhx, analysis.json, and last run.json: where it is, all else is
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  describeHead,
  encodeModel,
  exportHead,
  exportProblem,
  FederationError,
  type GlobalModel,
  type Task,
  taskHash,
} from '@fedhybnn/shared';
import type { ModelAnalysis } from '../analysis/index.js';
import type { Checkpoint, Resumed } from '../engine/checkpoint.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { decodeCheckpoint, encodeCheckpoint, type RunIdentity } from './checkpoint-file.js';
import { writeDurably } from './durable-file.js';
import { type InitialModel, MODEL_FILE } from './initial-model.js';
import { metricsCsv } from './metrics-csv.js';
import { MetricsFile } from './metrics-file.js';
import type { RunOptions } from './options.js';
import { influential, type Settings, withInfluence } from './settings.js';
import type { RunSummary } from './summary.js';

const INITIAL_FILE = 'initial.fhm';

export interface FinishedRun {
  /** As given; what was not stands at its default. */
  readonly settings: Settings;
  readonly summary: RunSummary;
  readonly model: GlobalModel;
  readonly extractorFile: Uint8Array;
  readonly analysis: ModelAnalysis;
}

export class RunFolder {
  private last: Checkpoint | undefined;
  private writes: Promise<void> = Promise.resolve();
  private readonly rounds: RoundMetrics[];

  private constructor(
    private readonly folder: string,
    private readonly options: RunOptions,
    private readonly task: Task,
    private readonly metrics: MetricsFile,
    /** Where the run goes on, if it does. */
    readonly resumed: Resumed | undefined,
    private readonly initial: InitialModel | undefined,
  ) {
    this.rounds = [...(resumed?.rounds ?? [])];
  }

  /**
   * With `--resume` the run of an earlier command, if it left a checkpoint; else a new one.
   * @throws FederationError `data-folder` if the folder cannot be written; as
   * {@link decodeCheckpoint} and {@link MetricsFile.reopen}
   */
  static async open(
    folder: string,
    options: RunOptions,
    task: Task,
    initial?: InitialModel,
  ): Promise<RunFolder> {
    try {
      await mkdir(folder, { recursive: true });
      const path = join(folder, 'metrics.ndjson');
      const identity = identityOf(options, task, initial);
      const checkpoint = options.resume ? await readCheckpoint(folder, identity) : undefined;
      if (checkpoint !== undefined) {
        const { file, metrics } = await MetricsFile.reopen(path, checkpoint.round);
        const resumed = { checkpoint, rounds: metrics };
        return new RunFolder(folder, options, task, file, resumed, initial);
      }
      await rm(join(folder, 'checkpoint.json'), { force: true });
      await rm(join(folder, 'run.json'), { force: true });
      await rm(join(folder, INITIAL_FILE), { force: true });
      if (initial !== undefined) await writeFile(join(folder, INITIAL_FILE), initial.bytes);
      const file = await MetricsFile.create(path);
      return new RunFolder(folder, options, task, file, undefined, initial);
    } catch (cause) {
      if (cause instanceof FederationError) throw cause;
      throw new FederationError(
        'data-folder',
        `--out ${folder}: cannot be written; choose another folder or change its permissions`,
        { cause },
      );
    }
  }

  /** A published round; every few of them, where the run stands. In the order of the calls. */
  add(metrics: RoundMetrics, checkpoint: Checkpoint | undefined): Promise<void> {
    this.writes = this.writes.then(() => this.write(metrics, checkpoint));
    return this.writes;
  }

  /**
   * After the last round, or where the run was interrupted. `head.fhh` is the last model, ready for
   * inference on the bits of `extractor.fhx`, where a head file can hold it.
   */
  async finish(finished: FinishedRun): Promise<void> {
    const { options, task, folder } = this;
    const { settings, summary, model, extractorFile, analysis } = finished;
    await this.writes;
    const complete = summary.rounds >= options.rounds;
    if (!complete) await this.keep();
    if (exportProblem(task) === undefined) {
      await writeFile(join(folder, 'head.fhh'), exportHead(task, model));
    }
    await writeFile(join(folder, MODEL_FILE), encodeModel({ taskHash: taskHash(task), model }));
    await writeFile(join(folder, 'extractor.fhx'), extractorFile);
    await writeFile(join(folder, 'metrics.csv'), metricsCsv(this.rounds));
    await writeFile(join(folder, 'analysis.json'), `${JSON.stringify(analysis)}\n`);
    const [cpu] = cpus();
    const run = {
      summary,
      complete,
      settings: withInfluence(settings),
      options,
      ...initialOf(this.initial),
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
    await writeDurably(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
    if (complete) await rm(join(folder, 'checkpoint.json'), { force: true });
  }

  async close(): Promise<void> {
    await this.metrics.close();
  }

  private async write(metrics: RoundMetrics, checkpoint: Checkpoint | undefined): Promise<void> {
    await this.metrics.append(metrics);
    this.rounds.push(metrics);
    this.last = checkpoint;
    if (metrics.round % this.options.checkpointEvery === 0) await this.keep();
  }

  private async keep(): Promise<void> {
    if (this.last === undefined) return;
    await this.metrics.sync();
    await writeDurably(
      join(this.folder, 'checkpoint.json'),
      encodeCheckpoint(identityOf(this.options, this.task, this.initial), this.last),
    );
  }
}

async function readCheckpoint(
  folder: string,
  identity: RunIdentity,
): Promise<Checkpoint | undefined> {
  const path = join(folder, 'checkpoint.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
  return decodeCheckpoint(text, path, identity);
}

/** What `run.json` says of the model that a run began with. */
function initialOf(initial: InitialModel | undefined): object {
  if (initial === undefined) return {};
  const { sha256, model } = initial;
  return { initial: { file: INITIAL_FILE, sha256, round: model.round } };
}

/** A model is what it holds, wherever it lies. */
function identityOf(options: RunOptions, task: Task, initial?: InitialModel): RunIdentity {
  const own = { ...influential(options), initFrom: initial?.sha256 };
  const asked = JSON.parse(JSON.stringify(own));
  return { task, clients: options.clients, options: asked };
}
