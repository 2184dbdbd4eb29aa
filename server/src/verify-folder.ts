/** Verifies the journals of a data folder; the coordinator may run or not. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { type VerifyReport, verifyTask } from './coordinator/verify.js';
import { openEmbeddedStore } from './store/embedded-store.js';
import { FileStore } from './store/file-store.js';

/**
 * @param task only this one
 * @throws FederationError `journal-broken`, `unknown-task`, or `data-folder` if there is no store
 */
export async function verifyFolder(data: string, task?: string): Promise<VerifyReport[]> {
  try {
    await access(join(data, 'coordinator.db'));
  } catch (cause) {
    throw new FederationError(
      'data-folder',
      `data folder ${data}: holds no coordinator's state; give the folder with --data`,
      { cause },
    );
  }
  const store = await openEmbeddedStore(data);
  try {
    const files = new FileStore(join(data, 'files'), store);
    const records = (await store.tasks()).filter(({ id }) => task === undefined || id === task);
    if (task !== undefined && records.length === 0) {
      throw new FederationError('unknown-task', `task ${task}: not in ${data}`);
    }
    const reports: VerifyReport[] = [];
    for (const record of records) reports.push(await verifyTask(record, store, files));
    return reports;
  } finally {
    await store.close();
  }
}
