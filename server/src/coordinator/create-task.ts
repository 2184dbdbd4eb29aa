/** Puts a task with its files into a store. */
import {
  type AdmissionMode,
  checkHead,
  checkLabeledBits,
  checkRobust,
  decodeBitsFile,
  encodeModel,
  FederationError,
  initialModel,
  loadExtractor,
  type Task,
  taskHash,
} from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { Store, TaskRecord } from '../store/store.js';

export interface TaskFiles {
  /** Bytes of the extractor file that the task names. */
  readonly extractor: Uint8Array;
  /** Bytes of a labeled bits file, for the central evaluation. */
  readonly evaluation?: Uint8Array | undefined;
  /** Whether anybody may join, or only with a join code. Default `open`. */
  readonly admission?: AdmissionMode | undefined;
}

/** First parts of paths that are the coordinator's own: a task's page stands at `/<id>`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['dashboard', 'healthz', 'join', 'metrics', 'readyz', 'v1'],
]);

/**
 * Creating the same task again changes nothing and succeeds.
 * @throws FederationError `bad-request` if the parts do not fit together, or if another task has the id
 */
export async function createTask(
  task: Task,
  inputs: TaskFiles,
  store: Store,
  files: FileStore,
): Promise<TaskRecord> {
  checkHead(task);
  checkRobust(task);
  if (task.federation.robust?.rootSet !== undefined && inputs.evaluation === undefined) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "federation.robust.rootSet" needs a labeled set; give one with --evaluation, or leave it out`,
    );
  }
  if (RESERVED.has(task.id)) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "id" is an address of the coordinator itself; choose another`,
    );
  }
  const hash = taskHash(task);
  const existing = (await store.tasks()).find((record) => record.id === task.id);
  if (existing !== undefined) {
    if (existing.hash === hash) return existing;
    throw new FederationError(
      'bad-request',
      `task ${task.id}: another task has this id here; choose another "id", or another data folder`,
    );
  }
  await checkExtractor(task, inputs.extractor);
  if (inputs.evaluation !== undefined) checkLabeledBits(task, decodeBitsFile(inputs.evaluation));
  await files.put(inputs.extractor, 'extractor');
  const model = encodeModel({ taskHash: hash, model: initialModel(task) });
  const record: TaskRecord = {
    id: task.id,
    document: JSON.stringify(task),
    hash,
    initialModel: await files.put(model, 'model'),
    evaluation:
      inputs.evaluation === undefined ? null : await files.put(inputs.evaluation, 'evaluation'),
    phase: 'WAITING',
    replayFrom: 0,
    admission: inputs.admission ?? 'open',
  };
  await store.createTask(record);
  return record;
}

async function checkExtractor(task: Task, bytes: Uint8Array): Promise<void> {
  const extractor = await loadExtractor(bytes);
  try {
    const { sha256, kind, bits } = extractor;
    const wanted = task.extractor;
    if (sha256 !== wanted.sha256) {
      throw new FederationError(
        'bad-request',
        `task ${task.id}: field "extractor.sha256" is ${wanted.sha256}, but the extractor file has ${sha256}; give the file that the task names`,
      );
    }
    if (kind !== wanted.kind || bits !== wanted.bits) {
      throw new FederationError(
        'bad-request',
        `task ${task.id}: field "extractor" says ${wanted.kind} with ${wanted.bits} bits, but the file is ${kind} with ${bits}`,
      );
    }
  } finally {
    extractor.dispose();
  }
}
