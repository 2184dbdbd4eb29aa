/** Work on a data folder without a running coordinator, or beside one. */
import { join } from 'node:path';
import { FederationError, type Task } from '@fedhybnn/shared';
import { createTask, type TaskFiles } from './coordinator/create-task.js';
import { prepareDataFolder } from './store/data-folder.js';
import { openEmbeddedStore } from './store/embedded-store.js';
import { FileStore } from './store/file-store.js';
import type { Store, TaskRecord } from './store/store.js';

/** @throws FederationError as `createTask`, or `data-folder` */
export async function createTaskInFolder(
  data: string,
  task: Task,
  inputs: TaskFiles,
): Promise<TaskRecord> {
  await prepareDataFolder(data);
  return withStore(data, (store, files) => createTask(task, inputs, store, files));
}

/** The latest model of a task: its file, its round and its hash. */
export async function exportModel(
  data: string,
  task: string,
): Promise<{ bytes: Uint8Array; round: number; model: string }> {
  await prepareDataFolder(data);
  return withStore(data, async (store, files) => {
    const record = (await store.tasks()).find(({ id }) => id === task);
    if (record === undefined) {
      throw new FederationError('unknown-task', `task ${task}: not in ${data}`);
    }
    const latest = await store.latest(task);
    const model = latest?.model ?? record.initialModel;
    return { bytes: await files.read(model), round: latest?.round ?? 0, model };
  });
}

async function withStore<T>(
  data: string,
  work: (store: Store, files: FileStore) => Promise<T>,
): Promise<T> {
  const store = await openEmbeddedStore(data);
  try {
    return await work(store, new FileStore(join(data, 'files'), store));
  } finally {
    await store.close();
  }
}
