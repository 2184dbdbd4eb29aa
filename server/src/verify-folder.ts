/** Verifies the journals of a coordinator's state; the coordinator may run or not. */
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { type VerifyReport, verifyTask } from './coordinator/verify.js';
import { FileStore } from './store/file-store.js';
import { openStore, requireState, type StorePlace } from './store/open-store.js';

/**
 * @param task only this one
 * @param onRound is called when the journal of a task holds up to this round
 * @throws FederationError `journal-broken`, `unknown-task`, or `data-folder` if there is no store
 */
export async function verifyFolder(
  data: string,
  task?: string,
  database?: string,
  onRound: (round: number) => void = () => {},
): Promise<VerifyReport[]> {
  const place: StorePlace = { data, database };
  await requireState(place);
  const store = await openStore(place);
  try {
    const files = new FileStore(join(data, 'files'), store);
    const records = (await store.tasks()).filter(({ id }) => task === undefined || id === task);
    if (task !== undefined && records.length === 0) {
      throw new FederationError('unknown-task', `task ${task}: not in ${data}`);
    }
    const reports: VerifyReport[] = [];
    for (const record of records) reports.push(await verifyTask(record, store, files, onRound));
    return reports;
  } finally {
    await store.close();
  }
}
