/** Work on a data folder without a running coordinator, or beside one. */
import { join } from 'node:path';
import {
  decodeModel,
  exportHead,
  FederationError,
  parseJson,
  type Task,
  taskSchema,
} from '@fedhybnn/shared';
import { auditCommand } from './access-commands.js';
import { createTask, type TaskFiles } from './coordinator/create-task.js';
import { prepareDataFolder } from './store/data-folder.js';
import { FileStore } from './store/file-store.js';
import { openStore, type StorePlace } from './store/open-store.js';
import type { Store, TaskRecord } from './store/store.js';

/** @throws FederationError as `createTask`, or `data-folder` */
export async function createTaskInFolder(
  place: StorePlace,
  task: Task,
  inputs: TaskFiles,
): Promise<TaskRecord> {
  await prepareDataFolder(place.data);
  return withStore(place, async (store, files) => {
    await auditCommand(store, 'create-task', task.id);
    return createTask(task, inputs, store, files);
  });
}

/** The latest model of a task, as it is or as a head for inference; its round and its hash. */
export async function exportModel(
  place: StorePlace,
  task: string,
  format: 'model' | 'head',
): Promise<{ bytes: Uint8Array; round: number; model: string }> {
  await prepareDataFolder(place.data);
  return withStore(place, async (store, files) => {
    const record = (await store.tasks()).find(({ id }) => id === task);
    if (record === undefined) {
      throw new FederationError('unknown-task', `task ${task}: not in ${place.data}`);
    }
    const latest = await store.latest(task);
    const model = latest?.model ?? record.initialModel;
    const file = await files.read(model);
    const headOf = () =>
      exportHead(parseJson(taskSchema, record.document, `task ${task}`), decodeModel(file));
    const bytes = format === 'head' ? headOf() : file;
    return { bytes, round: latest?.round ?? 0, model };
  });
}

async function withStore<T>(
  place: StorePlace,
  work: (store: Store, files: FileStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(place);
  try {
    return await work(store, new FileStore(join(place.data, 'files'), store));
  } finally {
    await store.close();
  }
}
