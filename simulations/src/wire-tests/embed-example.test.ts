import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { GlobalModel, ImageBatch } from '@fedhybnn/shared';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BuiltPage } from '../browser/built-page.js';
import { hasChromium } from '../browser/chromium.js';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyImages, tinyTask } from './tiny-federation.js';

const require = createRequire(import.meta.url);
const client = dirname(require.resolve('@fedhybnn/client/package.json'));
const example = join(client, 'examples', 'embed.ts');

type TakePart = (
  url: string,
  images: ImageBatch,
  labels: Int32Array,
) => Promise<{ accuracy: number | null; model: GlobalModel }>;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the example of the client’s README', () => {
  it('is the file client/examples/embed.ts', async () => {
    expect(await readFile(join(client, 'README.md'), 'utf8')).toContain(
      `\`\`\`ts\n${await readFile(example, 'utf8')}\`\`\``,
    );
  });

  it('compiles against the built packages', () => {
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
    const args = [tsc, '-p', dirname(example)];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('takes part in a federation', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
    const { takePart } = (await import(pathToFileURL(example).href)) as { takePart: TakePart };
    const coordinator = await TinyCoordinator.start(tinyTask({ rounds: 2, goal: 1 }));
    try {
      const { images, labels } = tinyImages(100, 4);
      const { accuracy, model } = await takePart(coordinator.url, images, labels);
      expect(accuracy).toBeGreaterThan(0.4);
      expect(model.round).toBe(2);
      expect(lines.filter((line) => line.startsWith('epoch 1: loss '))).toHaveLength(2);
      expect(lines).toContain('round 2: 344 bytes sent');
    } finally {
      await coordinator.remove();
    }
  });

  it.skipIf(!hasChromium)('takes part from a page, too (needs Chromium)', async () => {
    const coordinator = await TinyCoordinator.start(tinyTask({ rounds: 2, goal: 1 }));
    const fixture = fileURLToPath(new URL('./embed-fixture', import.meta.url));
    const built = await BuiltPage.build(fixture);
    try {
      const target = coordinator.url;
      const opened = await built.open({
        '/v1': { target },
        '/socket.io': { target, ws: true },
      });
      const taken = await opened.page.evaluate(() =>
        (globalThis as unknown as { takePartHere(): Promise<unknown> }).takePartHere(),
      );
      expect(taken).toEqual({ accuracy: expect.any(Number), round: 2 });
      expect(opened.problems).toEqual([]);
      await opened.close();
    } finally {
      await built.close();
      await coordinator.remove();
    }
  });
});
