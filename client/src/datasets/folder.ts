/** Where data sets and caches lie. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `FEDHYBNN_DATASETS`, or `~/.cache/fedhybnn`. */
export function datasetsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.FEDHYBNN_DATASETS;
  // An empty variable counts as none, as in a shell's ${X:-default}.
  return named === undefined || named === ''
    ? join(homedir(), '.cache', 'fedhybnn')
    : resolve(named);
}
