import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

/** Where `npm run build` puts the page; the path holds for this file's compiled form too. */
const BUILT = fileURLToPath(new URL('../../../client/dashboard/dist/', import.meta.url));
const isBuilt = existsSync(join(BUILT, 'index.html'));

/** Gzipped bytes of everything that the page loads before anything is pressed. */
const FIRST_LOAD = 120_000;

const packed = (name: string) => gzipSync(readFileSync(join(BUILT, name)), { level: 9 }).length;

/** The files that a file of the page loads at once: those of its tags, and static imports. */
function loadedBy(text: string): string[] {
  const tags = [...text.matchAll(/(?:src|href)="\/dashboard\/(assets\/[^"]+)"/g)];
  const imports = [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)];
  return [...tags.map(([, name]) => name), ...imports.map(([, name]) => `assets/${name}`)];
}

describe.skipIf(!isBuilt)('the built dashboard (needs npm run build)', () => {
  it('is at most 120 kB gzipped when it opens', () => {
    const files = new Set<string>();
    const add = (names: readonly string[]) => {
      for (const name of names) {
        if (files.has(name)) continue;
        files.add(name);
        if (name.endsWith('.js')) add(loadedBy(readFileSync(join(BUILT, name), 'utf8')));
      }
    };
    add(loadedBy(readFileSync(join(BUILT, 'index.html'), 'utf8')));
    const bytes = packed('index.html') + [...files].reduce((sum, name) => sum + packed(name), 0);
    expect(files.size).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(FIRST_LOAD);
  });

  it('loads the chart, other languages, and the form of a new task only when they are needed', () => {
    const late = readdirSync(join(BUILT, 'assets')).filter((name) => name.endsWith('.js'));
    const index = readFileSync(join(BUILT, 'index.html'), 'utf8');
    const first = loadedBy(index).flatMap((name) => [
      name,
      ...(name.endsWith('.js') ? loadedBy(readFileSync(join(BUILT, name), 'utf8')) : []),
    ]);
    for (const part of ['plot', 'de', 'zh', 'create-view']) {
      expect(late.some((name) => name.startsWith(`${part}-`))).toBe(true);
      expect(first.some((name) => name.startsWith(`assets/${part}-`))).toBe(false);
    }
  });
});
