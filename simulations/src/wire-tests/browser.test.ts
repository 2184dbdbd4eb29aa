import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SessionSummary } from '@fedhybnn/client';
import type { Task } from '@fedhybnn/shared';
import { type Browser, chromium } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyImages, tinyTask } from './tiny-federation.js';

const executablePath = process.env.FEDHYBNN_CHROMIUM ?? '/usr/bin/chromium';
const root = fileURLToPath(new URL('./browser-fixture', import.meta.url));
const common = { root, configFile: false as const, logLevel: 'error' as const };

interface PageFunctions {
  takePart(client: string): Promise<SessionSummary>;
}

describe.skipIf(!existsSync(executablePath))('a participant in a page (needs Chromium)', () => {
  let outDir: string;
  let browser: Browser;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'fedhybnn-page-'));
    await build({
      ...common,
      resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
      worker: { format: 'es' },
      build: { outDir, emptyOutDir: true, target: 'es2022' },
    });
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await rm(outDir, { recursive: true, force: true });
  });

  /** Plays the whole federation by one page, which reaches the coordinator at its own origin. */
  async function playInPage(task: Task) {
    const coordinator = await TinyCoordinator.start(task);
    let server: PreviewServer | undefined;
    const problems: string[] = [];
    try {
      const target = coordinator.url;
      const proxy = { '/v1': { target }, '/socket.io': { target, ws: true } };
      server = await preview({ ...common, build: { outDir }, preview: { port: 0, proxy } });
      const page = await browser.newPage();
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(server.resolvedUrls?.local[0] ?? '');
      const summary = await page.evaluate(
        (client) => (globalThis as unknown as PageFunctions).takePart(client),
        'a',
      );
      await page.close();
      return { summary, problems };
    } finally {
      await server?.close();
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
