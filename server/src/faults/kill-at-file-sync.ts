/**
 * Loaded by `node --import` before a coordinator: kills the process around the nth sync of a file or
 * folder, as `FAULTS_FILE_SYNC` says: `before 3`, or `after 3`.
 */
import { open } from 'node:fs/promises';
import { devNull } from 'node:os';

const [side, nth] = (process.env.FAULTS_FILE_SYNC ?? '').split(' ');
const handle = await open(devNull, 'r');
const prototype = Object.getPrototypeOf(handle) as { sync(): Promise<void> };
await handle.close();
const { sync } = prototype;
let syncs = 0;

prototype.sync = async function (this: typeof handle): Promise<void> {
  const last = ++syncs === Number(nth);
  if (last && side === 'before') process.kill(process.pid, 'SIGKILL');
  await sync.call(this);
  if (last) process.kill(process.pid, 'SIGKILL');
};
