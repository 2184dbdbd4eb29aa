/** What the page needs of a federation before anything is trained: its task, extractor and model. */
import {
  CoordinatorHttp,
  parseFederationAddress,
  type TaskDescription,
  Traffic,
} from '@fedhybnn/client';
import {
  decodeModel,
  describeHead,
  type Extractor,
  exportProblem,
  type GlobalModel,
  initialModel,
  loadExtractor,
  parameterCount,
  ruleFor,
  type Task,
  updateFrameBytes,
} from '@fedhybnn/shared';
import { fitsBuiltIn } from './images/built-in.js';
import type { TaskInfo, TaskName } from './messages.js';

export interface Federation {
  readonly url: string;
  readonly description: TaskDescription;
  readonly info: TaskInfo;
  readonly http: CoordinatorHttp;
}

/**
 * The federation at an address, or the names of those that there are.
 * @throws FederationError `unknown-task`, `coordinator-unreachable`, …
 */
export async function openFederation(url: string): Promise<Federation | readonly TaskName[]> {
  const address = parseFederationAddress(url);
  const { signal } = new AbortController();
  const http = new CoordinatorHttp({ base: address.base, traffic: new Traffic(), signal });
  const description = address.task === undefined ? await only(http) : await http.task(address.task);
  if (Array.isArray(description)) return description as readonly TaskName[];
  const found = description as TaskDescription;
  const full = `${address.base}/${found.task.id}`;
  return { url: full, description: found, info: describe(found), http };
}

async function only(http: CoordinatorHttp): Promise<TaskDescription | readonly TaskName[]> {
  const tasks = await http.tasks();
  if (tasks.length === 1) return tasks[0];
  return tasks.map(({ task: { id, title } }) => ({ id, title }));
}

function describe({ task, phase, latest, ready, admission }: TaskDescription): TaskInfo {
  const parameters = parameterCount(task);
  const rule = ruleFor(task.federation.rule);
  const { id, title, description, labels, input } = task;
  const image =
    input.kind === 'image' ? input : { kind: 'table' as const, width: 0, height: 0, channels: 0 };
  const glyphs = image.channels === 1 && labels.every((label) => [...label].length === 1);
  return {
    ...{ id, title, description, labels, input: image, glyphs, parameters },
    unsupported: unsupported(task),
    ended: phase === 'ENDED',
    paused: phase === 'PAUSED',
    byCode: admission === 'code',
    round: latest.round,
    rounds: task.federation.rounds,
    accuracy: latest.accuracy,
    ready,
    latentBits: task.extractor.bits,
    updateBytes: updateFrameBytes(rule, parameters),
    stepBytes: rule.stepBytes(parameters),
    binaryMacs: describeHead(task).reduce((sum, { binaryMacs }) => sum + binaryMacs, 0),
    sample: fitsBuiltIn({ input: image, labels }),
    exportable: exportProblem(task) === undefined,
  };
}

function unsupported({ input, classification }: Task): TaskInfo['unsupported'] {
  if (input.kind === 'table') return 'table';
  return classification === 'multi-label' ? 'multi-label' : undefined;
}

/** The extractor of the task, computed by the page itself. */
export async function openExtractor({ http, description }: Federation): Promise<Extractor> {
  const file = await http.file(description.task.extractor.sha256);
  return loadExtractor(file, { patches: 'portable' });
}

/** The latest published model. */
export async function latestModel({ http, description }: Federation): Promise<GlobalModel> {
  const { task, hash } = description;
  const { latest } = await http.task(task.id);
  if (latest.round === 0) return initialModel(task);
  const file = await http.file(latest.model);
  return decodeModel(file, { taskHash: hash, parameters: parameterCount(task) });
}
