/** Where headless clients keep who they are. */
import { join, resolve } from 'node:path';

/** `clients` in `FEDHYBNN_DATA`, or in `./data`. */
export function defaultStateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.FEDHYBNN_DATA;
  // An empty variable counts as none, as in a shell's ${X:-default}.
  return join(resolve(named === undefined || named === '' ? 'data' : named), 'clients');
}

/** A file for each client, in a folder for each coordinator and task. */
export function stateFile(folder: string, base: string, task: string, key: string): string {
  const host = new URL(base).host.replace(/[^A-Za-z0-9.-]/g, '-');
  return join(folder, `${host}-${task}`, `${key}.json`);
}
