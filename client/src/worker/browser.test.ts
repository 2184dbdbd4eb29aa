import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainSample } from './browser-fixture/training-sample.js';
import { InlineTrainer } from './index.js';

const executablePath = process.env.FEDHYBNN_CHROMIUM ?? '/usr/bin/chromium';

type Trained = Awaited<ReturnType<typeof trainSample>>;
interface Sample {
  trainInPage(): Promise<Trained>;
  trainInWorker(): Promise<Trained>;
}

describe.skipIf(!existsSync(executablePath))('in a real browser (needs Chromium)', () => {
  let outDir: string;
  let server: PreviewServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    outDir = mkdtempSync(join(tmpdir(), 'fedhybnn-page-'));
    const root = fileURLToPath(new URL('./browser-fixture', import.meta.url));
    const common = { root, configFile: false as const, logLevel: 'error' as const };
    await build({
      ...common,
      resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
      worker: { format: 'es' },
      build: { outDir, emptyOutDir: true, target: 'es2022' },
    });
    server = await preview({ ...common, build: { outDir }, preview: { port: 0 } });
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
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(outDir, { recursive: true, force: true });
  });

  it('a page and its worker train to the same bytes as Node', async () => {
    const node = await trainSample(new InlineTrainer());
    const inPage = await page.evaluate(() => (globalThis as unknown as Sample).trainInPage());
    const inWorker = await page.evaluate(() => (globalThis as unknown as Sample).trainInWorker());
    expect(inPage).toEqual(node);
    expect(inWorker).toEqual(node);
    expect(problems).toEqual([]);
  });
});
