import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../client/join/dist/', import.meta.url));
const KILOBYTE = 1000;

/** Files that a built file loads at once: imports that are no calls of `import()`. */
function loadedBy(text: string): string[] {
  const statements = text.matchAll(
    /(?:import|export)\s*[\w*{},$\s]*?from\s*["'`]\.\/([^"'`]+)["'`]/g,
  );
  const bare = text.matchAll(/import\s*["'`]\.\/([^"'`]+)["'`]/g);
  return [...statements, ...bare].map(([, file]) => file);
}

describe('the built join page', () => {
  const text = (file: string) => readFileSync(join(DIST, file), 'utf8');
  const packed = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + gzipSync(text(file), { level: 9 }).length, 0);

  /** The page, what it refers to, its engine, and all that these load at once. */
  const first = new Set<string>();
  beforeAll(() => {
    if (!existsSync(join(DIST, 'index.html'))) {
      throw new Error(`${DIST}: the page has not been built; run npm run build`);
    }
    const add = (file: string) => {
      if (first.has(file)) return;
      first.add(file);
      if (file.endsWith('.js')) for (const each of loadedBy(text(file))) add(`assets/${each}`);
    };
    add('index.html');
    for (const [, file] of text('index.html').matchAll(/\/join\/(assets\/[^"]+)/g)) add(file);
    const engine = [...first].join().match(/index-[\w-]+\.js/)?.[0] ?? '';
    const worker = text(`assets/${engine}`).match(/\/join\/(assets\/worker-[\w-]+\.js)/)?.[1];
    add(worker ?? 'no worker');
  });

  it('is at most 90 KB before training starts, packed', () => {
    expect([...first].filter((file) => file.endsWith('.js')).length).toBeGreaterThan(1);
    expect(packed(first)).toBeLessThanOrEqual(90 * KILOBYTE);
  });

  it('leaves TensorFlow.js to the extractors that need it', () => {
    const assets = readdirSync(join(DIST, 'assets'));
    expect(assets.filter((file) => file.startsWith('tensorflow-')).length).toBeGreaterThan(1);
    const whileTraining = assets.filter((file) => /^(training-\w+|trial|plot)-.*js$/.test(file));
    const loaded = whileTraining.flatMap((file) => loadedBy(text(`assets/${file}`)));
    for (const file of [...first, ...whileTraining, ...loaded]) {
      expect(file).not.toMatch(/tensorflow/);
    }
  });

  it('keeps all that trying a model needs for times without a network, and no samples', () => {
    const kept = text('service-worker.js');
    for (const file of first) {
      if (file !== 'index.html') expect(kept).toContain(`/join/${file}`);
    }
    for (const part of ['trial', 'de', 'zh']) expect(kept).toMatch(`/join/assets/${part}-`);
    expect(kept).not.toMatch(/PAGE_(FILES|VERSION)|samples/);
  });
});
