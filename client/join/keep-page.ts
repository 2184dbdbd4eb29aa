/** Vite plugin: tells the service worker which files to keep, and which version they are. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const WORKER = 'service-worker.js';
/** Large, and used once if at all: fetched when wanted. `web-worker` is the SDK's, for other pages. */
const NOT_KEPT = /^samples\/|^icon-512|tensorflow|tfjs|web-worker/;

export function keepPage(): Plugin {
  let base = '/';
  let publicFolder = '';
  return {
    name: 'keep-page',
    apply: 'build',
    configResolved(config) {
      base = config.base;
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const entry = bundle[WORKER];
        if (entry?.type !== 'chunk') this.error(`${WORKER} is not among the built files`);
        const hash = createHash('sha256');
        const built = Object.values(bundle).filter(({ fileName }) => fileName !== WORKER);
        for (const file of built) {
          hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
        }
        const copied = readdirSync(publicFolder, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.\w+$/.test(name))
          .map((name) => name.replaceAll('\\', '/'));
        for (const name of copied) hash.update(name).update(readFileSync(join(publicFolder, name)));
        const files = [...built.map(({ fileName }) => fileName), ...copied]
          .filter((name) => !name.endsWith('.html') && !NOT_KEPT.test(name))
          .map((name) => base + name)
          .sort();
        entry.code = entry.code
          .replace('PAGE_FILES', JSON.stringify(files))
          .replace('PAGE_VERSION', JSON.stringify(hash.digest('hex').slice(0, 16)));
      },
    },
  };
}
