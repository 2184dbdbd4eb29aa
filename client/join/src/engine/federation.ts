/** What the page needs of a federation before anything is trained: its task, extractor and model. */
import {
  CoordinatorHttp,
  parseFederationAddress,
  type TaskDescription,
  Traffic,
} from '@fedhybnn/client';
import {
  decodeExtractorFile,
  decodeModel,
  describeHead,
  type Extractor,
  exportProblem,
  FederationError,
  type GlobalModel,
  initialModel,
  loadExtractor,
  parameterCount,
  ruleFor,
  updateFrameBytes,
} from '@fedhybnn/shared';
import { fitsBuiltIn } from './images/built-in.js';
import type { Column, TaskInfo, TaskName } from './messages.js';
import { keepOffline, keptOffline } from './offline-copy.js';

export interface Federation {
  readonly url: string;
  readonly description: TaskDescription;
  readonly info: TaskInfo;
  readonly http: CoordinatorHttp;
  readonly extractor: Extractor;
  readonly extractorFile: Uint8Array;
  /** The latest model that was kept, where the coordinator does not answer. */
  readonly keptModel: GlobalModel | undefined;
}

/**
 * The federation at an address, or the names of those that there are. Without a network, what an
 * earlier visit kept of it.
 * @throws FederationError `unknown-task`, `coordinator-unreachable`, …
 */
export async function openFederation(url: string): Promise<Federation | readonly TaskName[]> {
  const address = parseFederationAddress(url);
  const { signal } = new AbortController();
  const http = new CoordinatorHttp({ base: address.base, traffic: new Traffic(), signal });
  try {
    const found = address.task === undefined ? await http.tasks() : [await http.task(address.task)];
    if (found.length !== 1) return found.map(({ task: { id, title } }) => ({ id, title }));
    const [description] = found;
    const file = await http.file(description.task.extractor.sha256);
    await keepOffline({ description, extractor: file });
    return await assemble(http, description, file, undefined);
  } catch (thrown) {
    const unreachable =
      thrown instanceof FederationError && thrown.code === 'coordinator-unreachable';
    const kept = unreachable ? await keptOffline(address.task) : undefined;
    if (kept === undefined) throw thrown;
    const { description, extractor, model } = kept;
    return assemble(http, description, extractor, model ?? initialModel(description.task));
  }
}

async function assemble(
  http: CoordinatorHttp,
  description: TaskDescription,
  file: Uint8Array,
  keptModel: GlobalModel | undefined,
): Promise<Federation> {
  const extractor = await openExtractor(file);
  const offline = keptModel !== undefined;
  const info = { ...describe(description), columns: columnsOf(file), offline };
  const round = keptModel?.round ?? info.round;
  return {
    url: `${http.base}/${description.task.id}`,
    info: { ...info, round },
    ...{ description, http, extractor, extractorFile: file, keptModel },
  };
}

/** The extractor in a file, computed by the page itself where that is possible. */
async function openExtractor(file: Uint8Array): Promise<Extractor> {
  const extractor = await loadExtractor(file, { patches: 'portable' });
  if (extractor.kind === 'vae' || extractor.kind === 'tfjs') {
    const { startTensorflow } = await import('./tensorflow.js');
    await startTensorflow();
  }
  return extractor;
}

/** What a table's extractor takes. */
function columnsOf(file: Uint8Array): Column[] {
  const { header } = decodeExtractorFile(file);
  if (header.kind !== 'quantiles') return [];
  return header.columns.map((column) => ({
    name: column.name,
    categories: column.kind === 'category' ? column.categories : undefined,
  }));
}

function describe(told: TaskDescription): Omit<TaskInfo, 'columns' | 'offline'> {
  const { task, phase, latest, ready, admission, runBy } = told;
  const parameters = parameterCount(task);
  const rule = ruleFor(task.federation.rule);
  const { id, title, description, labels, input } = task;
  const image =
    input.kind === 'image' ? input : { kind: 'table' as const, width: 0, height: 0, channels: 0 };
  const glyphs = image.channels === 1 && labels.every((label) => [...label].length === 1);
  return {
    ...{ id, title, description, labels, input: image, glyphs, parameters },
    unsupported: task.classification === 'multi-label' ? 'multi-label' : undefined,
    runBy,
    privacy: task.privacy.mode,
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

/** The latest published model. */
export async function latestModel(federation: Federation): Promise<GlobalModel> {
  const { http, description, keptModel } = federation;
  if (keptModel !== undefined) return keptModel;
  const { task, hash } = description;
  const { latest } = await http.task(task.id);
  if (latest.round === 0) return initialModel(task);
  const file = await http.file(latest.model);
  return decodeModel(file, { taskHash: hash, parameters: parameterCount(task) });
}
