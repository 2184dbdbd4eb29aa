/** Every socket is an open file, and a shell allows only so many. */
import { execFileSync } from 'node:child_process';
import { FederationError } from '@fedhybnn/shared';

/** What a process has open besides its sockets. */
const OTHERS = 200;

/** How many files a process of this shell may open; infinite where nobody says. */
export function openFilesLimit(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const text = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}

/** @throws FederationError `bad-request` where the sockets asked for would not fit */
export function requireOpenFiles(option: string, sockets: number, limit = openFilesLimit()): void {
  if (sockets + OTHERS <= limit) return;
  throw new FederationError(
    'bad-request',
    `${option} ${sockets}: needs ${sockets + OTHERS} open files, but this shell allows ${limit}; run "ulimit -n ${sockets + OTHERS}" first, or ask for fewer sockets`,
  );
}
