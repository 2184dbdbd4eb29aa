/**
 * What every command of a fresh clone needs first: installed packages, embedded kernels, built
 * TypeScript. Nothing is done twice: a stamp says which lockfile is installed, and the compilers
 * keep their own.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.fedhybnn-installed');

/** Runs a command in the root folder; ends this process with its status if it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.error) {
    console.error(`${command} could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Path of a tool that npm installed. */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** Installs the locked packages, unless they are there. */
export function install() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(`Node ${process.versions.node} is too old: FedHyBNN needs Node 20.19 or later.`);
    process.exit(1);
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing packages (once; about half a minute) …');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    // npm's own words go to stderr: stdout belongs to the command that was asked for.
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(stamp, lock);
}

/** Builds kernels, TypeScript and pages, as far as they changed. */
export async function build() {
  const { buildKernels } = await import('./build-kernels.mjs');
  await buildKernels();
  run(tool('tsc'), ['-b'], { stdio: ['ignore', 2, 2] });
  const { buildPages } = await import('./build-pages.mjs');
  await buildPages();
}

/** Installs and builds what is missing. */
export async function prepare() {
  install();
  if (!existsSync(join(root, 'simulations', 'dist'))) console.error('Building (once) …');
  await build();
}
