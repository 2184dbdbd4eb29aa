import { fileURLToPath } from 'node:url';
import type { SessionSummary } from '@fedhybnn/client';
import type { Task } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltPage } from '../browser/built-page.js';
import { hasChromium } from '../browser/chromium.js';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyImages, tinyTask } from './tiny-federation.js';

interface PageFunctions {
  takePart(client: string): Promise<SessionSummary>;
}

describe.skipIf(!hasChromium)('a participant in a page (needs Chromium)', () => {
  let built: BuiltPage;

  beforeAll(async () => {
    built = await BuiltPage.build(fileURLToPath(new URL('./browser-fixture', import.meta.url)));
  }, 120_000);
  afterAll(async () => {
    await built?.close();
  });

  /** Plays the whole federation by one page, which reaches the coordinator at its own origin. */
  async function playInPage(task: Task) {
    const coordinator = await TinyCoordinator.start(task);
    try {
      const target = coordinator.url;
      const opened = await built.open({
        '/v1': { target },
        '/socket.io': { target, ws: true },
      });
      const summary = await opened.page.evaluate(
        (client) => (globalThis as unknown as PageFunctions).takePart(client),
        'a',
      );
      await opened.close();
      return { summary, problems: opened.problems };
    } finally {
      await coordinator.remove();
    }
  }

  async function playInNode(task: Task) {
    const coordinator = await TinyCoordinator.start(task);
    try {
      const data = { kind: 'images', ...tinyImages(100, 3) } as const;
      return await (await coordinator.join('a', { data })).session.finished;
    } finally {
      await coordinator.remove();
    }
  }

  it.each([
    ['votes on the socket', tinyTask({ rounds: 3, goal: 1, epochs: 2 })],
    ['latents by HTTP', tinyTask({ rounds: 2, goal: 1, rule: 'fedavg', hidden: [257] })],
  ])('sends the same bytes as Node: %s', async (_name, task) => {
    const node = await playInNode(task);
    const { summary, problems } = await playInPage(task);
    expect(problems).toEqual([]);
    expect(summary).toEqual({ ...node, traffic: summary.traffic });
    expect(summary.traffic.updates).toBe(node.traffic.updates);
    expect(summary.traffic.models).toBe(node.traffic.models);
  });
});
