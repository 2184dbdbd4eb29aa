/** Emulated phones in one Chromium: each a context of its own, whose console is watched. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.js';
import { JoinPage } from './join-page.js';
import { type Language, wordsOf } from './words.js';

export interface PhoneOptions {
  /** Default English. */
  readonly language?: Language;
  readonly dark?: boolean;
  /** In pixels of style sheets; default 390, and 844 high. */
  readonly width?: number;
  readonly reducedMotion?: boolean;
  readonly permissions?: readonly string[];
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', de: 'de-DE', zh: 'zh-CN' };

/** How long a test waits for what the page shows. Milliseconds. */
const PATIENCE_MS = 30_000;

export class Phones {
  private readonly taken: { context: BrowserContext; problems: string[]; page: JoinPage }[] = [];

  private constructor(readonly browser: Browser) {}

  /** @param more arguments for Chromium */
  static async start(more: readonly string[] = []): Promise<Phones> {
    return new Phones(await launchChromium(more));
  }

  /** A phone with nothing stored on it. */
  async take(options: PhoneOptions = {}): Promise<JoinPage> {
    const { language = 'en', width = 390, permissions = [] } = options;
    const context = await this.browser.newContext({
      viewport: { width, height: 844 },
      screen: { width, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
      locale: LOCALES[language],
      colorScheme: options.dark ? 'dark' : 'light',
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      permissions: [...permissions],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    // What browsers paint over a tapped button for a moment is no part of the page's looks.
    await context.addInitScript(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('* { -webkit-tap-highlight-color: transparent }');
      document.adoptedStyleSheets.push(sheet);
    });
    const page = await context.newPage();
    const problems = watch(page);
    const joinPage = new JoinPage(page, await wordsOf(language), problems);
    this.taken.push({ context, problems, page: joinPage });
    return joinPage;
  }

  /** Puts all phones away; the errors that their pages wrote to the console or threw. */
  async putAway(): Promise<string[]> {
    const all = this.taken.splice(0);
    for (const { context } of all) await context.close();
    return all.flatMap(({ problems }) => problems);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('crash', () => problems.push('the page crashed'));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}
