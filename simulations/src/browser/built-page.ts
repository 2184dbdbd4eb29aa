/** A page of the platform, built by Vite and opened in a real headless Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, type ProxyOptions, preview } from 'vite';
import { launchChromium, requireChromium } from './chromium.js';

export interface OpenedPage {
  readonly page: Page;
  /** Errors that the page threw or wrote to its console, as they come. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export class BuiltPage {
  private constructor(
    private readonly root: string,
    private readonly outDir: string,
    private readonly browser: Browser,
  ) {}

  /**
   * Builds the page in a folder with an `index.html`, from the packages' sources.
   * @throws FederationError `unknown-file` if there is no Chromium
   */
  static async build(root: string): Promise<BuiltPage> {
    requireChromium();
    const outDir = await mkdtemp(join(tmpdir(), 'fedhybnn-page-'));
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
      worker: { format: 'es' },
      build: { outDir, emptyOutDir: true, target: 'es2022' },
    });
    const browser = await launchChromium();
    return new BuiltPage(root, outDir, browser);
  }

  /** Serves the page on a port of its own and opens it. */
  async open(proxy: Record<string, ProxyOptions> = {}): Promise<OpenedPage> {
    const server: PreviewServer = await preview({
      root: this.root,
      configFile: false,
      logLevel: 'error',
      build: { outDir: this.outDir },
      preview: { port: 0, proxy },
    });
    const page = await this.browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    const close = async () => {
      await page.close();
      await server.close();
    };
    return { page, problems, close };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.outDir, { recursive: true, force: true });
  }
}
