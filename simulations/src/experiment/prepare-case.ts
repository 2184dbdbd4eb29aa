/** What identifies a case with its seed, and how it is played. */
import { cpus } from 'node:os';
import { samplesOf } from '@fedhybnn/client/node';
import {
  encodeModel,
  initialModel,
  loadExtractor,
  parameterCount,
  taskHash,
} from '@fedhybnn/shared';
import { type BaselineOptions, baseline } from '../baseline/command.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { readInitialModel } from '../run/initial-model.js';
import { KeptData } from '../run/kept-data.js';
import type { MultiLabelSummary } from '../run/multi-label-summary.js';
import type { RunOptions } from '../run/options.js';
import { run, taskOf } from '../run/run.js';
import { baselineKey, runKey } from './case-key.js';
import { baselineOptions, runOptions } from './case-options.js';
import type { CaseResult, Hardware } from './case-result.js';
import type { ExperimentCase } from './section.js';

/** Rough seconds on one core: a sample and parameter, for the baseline a sample and neuron; and to start. */
const SECONDS = { binary: 1e-10, real: 4e-9, baseline: 1.5e-6, start: 3 } as const;

export interface PreparedCase {
  /** Names the result: the same key, the same result. */
  readonly key: string;
  /** A guess at its time on some machine, for the time that is left on this one. */
  readonly seconds: number;
  play(signal: AbortSignal, onRound: (metrics: RoundMetrics) => void): Promise<CaseResult>;
}

/** Prepares cases, and plays them on the data that it has read already. */
export class CasePreparer {
  private readonly kept = new KeptData();

  constructor(private readonly workers: number) {}

  /** @throws FederationError `dataset-missing` or `unknown-file` where the case's data are not there */
  prepare(which: ExperimentCase, seed: number): Promise<PreparedCase> {
    return which.command === 'run'
      ? this.prepareRun(runOptions(which, seed, this.workers))
      : this.prepareBaseline(baselineOptions(which, seed));
  }

  private async prepareRun(options: RunOptions): Promise<PreparedCase> {
    const { train, test } = await this.kept.bothSplits(options);
    const extractorFile = await this.kept.extractorFile(options, train);
    const extractor = await loadExtractor(extractorFile);
    const task = taskOf(options, train, extractor);
    extractor.dispose();
    const { clients, rounds, cohort, initFrom } = options;
    const initial = initFrom === undefined ? undefined : await readInitialModel(initFrom);
    const model = encodeModel({ taskHash: taskHash(task), model: initialModel(task) });
    const onceBytes = extractorFile.length + model.length;
    const trained = (rounds * cohort * samplesOf(train).count) / clients;
    const cost = options.rule === 'fedavg-fp32' ? SECONDS.real : SECONDS.binary;
    return {
      key: runKey(options, task, { train, test, initial }),
      seconds: SECONDS.start + trained * task.training.epochs * parameterCount(task) * cost,
      play: (signal, onRound) => playRun(options, onceBytes, signal, onRound, this.kept),
    };
  }

  private async prepareBaseline(options: BaselineOptions): Promise<PreparedCase> {
    const { train, test } = await this.kept.bothSplits(options);
    const { hidden, epochs, clients, cohort, rounds } = options;
    const passes = clients > 1 ? (epochs * rounds * cohort) / clients : epochs;
    return {
      key: baselineKey(options, { train, test }),
      seconds: SECONDS.start + passes * samplesOf(train).count * hidden[0] * SECONDS.baseline,
      play: () => playBaseline(options),
    };
  }
}

async function playRun(
  options: RunOptions,
  onceBytes: number,
  signal: AbortSignal,
  onRound: (metrics: RoundMetrics) => void,
  kept: KeptData,
): Promise<CaseResult> {
  const rounds: { accuracy: number; bytes: number }[] = [];
  // Of the rounds since the last evaluated one.
  let bytes = 0;
  const progress = {
    note() {},
    start() {},
    round(metrics: RoundMetrics) {
      const { accuracy, uplinkBytes, downlinkBytes, counted } = metrics;
      bytes += uplinkBytes / counted + downlinkBytes / options.cohort;
      if (accuracy !== null) {
        rounds.push({ accuracy, bytes });
        bytes = 0;
      }
      onRound(metrics);
    },
    stop() {},
  };
  const summary = await run(options, progress, signal, { kept });
  const { finalAccuracy, parameters, seconds, modelHash, uplinkBpp, downlinkBpp } = summary;
  return {
    ...{ accuracy: finalAccuracy, parameters, seconds, hardware: hardware() },
    ...multiLabelOf(summary),
    federation: { modelHash, uplinkBpp, downlinkBpp, onceBytes, rounds },
  };
}

async function playBaseline(options: BaselineOptions): Promise<CaseResult> {
  const summary = await baseline(options, () => {});
  const { accuracy, parameters, seconds } = summary;
  return { accuracy, parameters, seconds, hardware: hardware(), ...multiLabelOf(summary) };
}

function multiLabelOf(summary: Partial<MultiLabelSummary>): Pick<CaseResult, 'multiLabel'> {
  const { hammingLoss, rankingLoss, oneError, averagePrecision, microF1, macroF1 } = summary;
  if (
    hammingLoss === undefined ||
    rankingLoss === undefined ||
    oneError === undefined ||
    averagePrecision === undefined ||
    microF1 === undefined ||
    macroF1 === undefined
  ) {
    return {};
  }
  return {
    multiLabel: { hammingLoss, rankingLoss, oneError, averagePrecision, microF1, macroF1 },
  };
}

function hardware(): Hardware {
  const all = cpus();
  return { cpu: all[0]?.model ?? 'unknown', cores: all.length, node: process.version };
}
