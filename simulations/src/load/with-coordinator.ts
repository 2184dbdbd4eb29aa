/** A coordinator for one measurement, and the task that it serves. */
import { loadExtractor, mnistTask, type Task } from '@fedhybnn/shared';
import { readExtractorFile } from '../run/extractor-source.js';
import { MeasuredCoordinator, type MeasuredOptions } from './measured-coordinator.js';

export interface LoadOptions {
  /** Clients who send updates. */
  readonly clients: number;
  /** How long they send. */
  readonly seconds: number;
  /** Clients who join. */
  readonly joins: number;
  readonly idle: number;
  readonly flood: number;
  readonly coordinator?: string | undefined;
  readonly folder?: string | undefined;
  readonly nodeArguments?: readonly string[];
  readonly note: (line: string) => void;
}

/** A wide head on 784 pixels: 406,528 parameters, at one bit each an update of 50.8 KB. */
const HIDDEN = [512];
const ROUNDS = 1_000_000;

/** @param goal updates of a round */
export async function loadTask(goal: number): Promise<Task> {
  const extractor = await loadExtractor(await readExtractorFile('pixels'));
  const { sha256, kind, bits } = extractor;
  extractor.dispose();
  return mnistTask({
    id: 'load',
    extractor: { sha256, kind, bits },
    hidden: HIDDEN,
    rule: 'sign-vote',
    federation: {
      ...{ rounds: ROUNDS, goal, minimum: Math.ceil(goal / 2), overSelect: 1, ready: goal },
      ...{ gatherMs: 60_000, deadlineMs: 60_000 },
    },
  });
}

/** Does something with a coordinator that serves a task and nothing else; its state is gone afterwards. */
export async function withCoordinator<T>(
  options: LoadOptions,
  task: Task,
  work: (coordinator: MeasuredCoordinator) => Promise<T>,
): Promise<T> {
  const extractor = await readExtractorFile('pixels');
  const { coordinator: command, folder, nodeArguments = [] } = options;
  const measured: MeasuredOptions = { task, extractor, command, folder, nodeArguments };
  const coordinator = await MeasuredCoordinator.start(measured);
  try {
    return await work(coordinator);
  } finally {
    await coordinator.stop();
  }
}
