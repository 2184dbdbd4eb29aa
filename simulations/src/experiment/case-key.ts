/**
 * The name of a case's result: whatever may change the result changes the name. All options are in it
 * but those that are known to change nothing, so that one added later cannot be forgotten here.
 */
import type { Dataset, DatasetSplit } from '@fedhybnn/client/node';
import { sha256Hex, type Task, taskHash } from '@fedhybnn/shared';
import type { BaselineOptions } from '../baseline/command.js';
import type { RunOptions } from '../run/options.js';
import { influential } from '../run/settings.js';
import type { ExperimentCase } from './section.js';

/** Part of every key: results of another version are measured anew. */
const VERSION = '0.1.0';

/** Options that say where something lies. What lies there is in the key by its hash. */
const PLACES: readonly string[] = ['dataset', 'dataFolder', 'extractor', 'initFrom'];

/** Absent: the task's own. */
interface InitialModel {
  readonly initial?: { readonly sha256: string } | undefined;
}

type Data = Readonly<Record<DatasetSplit, Pick<Dataset, 'sha256'>>>;

/** The task names the extractor by its hash, and says which defaults suit the rule and the data. */
export function runKey(options: RunOptions, task: Task, data: Data & InitialModel): string {
  const { initial } = data;
  const hashes = [taskHash(task), ...hashesOf(data), ...(initial ? [initial.sha256] : [])];
  return keyOf('run', [...hashes, inOrder(influential(options))]);
}

export function baselineKey({ json: _, ...options }: BaselineOptions, data: Data): string {
  return keyOf('baseline', [...hashesOf(data), inOrder(options)]);
}

function hashesOf({ train, test }: Data): string[] {
  return [train.sha256, test.sha256];
}

/** In whatever order they were given. */
function inOrder(options: object): [string, unknown][] {
  return Object.entries(options)
    .filter(([name, value]) => value !== undefined && !PLACES.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function keyOf(command: ExperimentCase['command'], identity: readonly unknown[]): string {
  return sha256Hex(new TextEncoder().encode(JSON.stringify([VERSION, command, identity])));
}
