/** Starts a built command with this process's arguments, after preparing what it needs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

/**
 * Signals reach the command by the terminal's process group, or are passed on; this process ends
 * with the command's own status.
 */
export async function launch(file, args) {
  await prepare();
  const child = spawn(process.execPath, [join(root, file), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
