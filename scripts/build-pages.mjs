/**
 * Builds the pages that the coordinator serves, unless nothing that they are made of has changed: a
 * stamp in the built folder says what it was made of.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGES = ['client/join', 'client/dashboard'];
/** What goes into a page besides its own folder. */
const SOURCES = ['client/look', 'client/src', 'shared/src', 'package-lock.json'];

export async function buildPages() {
  for (const page of PAGES) {
    const stamp = join(root, page, 'dist', '.made-of');
    const madeOf = digest([page, ...SOURCES]);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === madeOf) continue;
    // Only now: a build that is up to date must not wait for the bundler to load.
    const { build } = await import('vite');
    await build({ configFile: join(root, page, 'vite.config.ts') });
    compress(join(root, page, 'dist'));
    writeFileSync(stamp, madeOf);
  }
}

/** Puts a gzip file beside each text of a built page; browsers that take it are sent that. */
function compress(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|svg|webmanifest)$/.test(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const contents = readFileSync(path);
    const packed = gzipSync(contents, { level: 9 });
    if (packed.length < contents.length) writeFileSync(`${path}.gz`, packed);
  }
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(files)) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** Files of a folder, or the file itself, in a fixed order; built ones and tests left out. */
function files(path) {
  const entries = path.endsWith('.json')
    ? [path]
    : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
  return entries.filter((file) => !/[\\/](dist|build)[\\/]|\.test\.ts$/.test(file)).sort();
}
