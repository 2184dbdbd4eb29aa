/** The browsers of operators, in one Chromium, with the dashboard opened in them. */
import { fileURLToPath } from 'node:url';
import { addOperator } from '@fedhybnn/server';
import type { Browser, Page } from 'playwright-core';
import { runnerImport } from 'vite';
import type { Messages } from '../../../client/dashboard/src/messages/en.js';
import type { Language } from '../../../client/look/src/language.js';
import { type Numbers, numbersOf } from '../../../client/look/src/numbers.js';
import { launchChromium } from '../browser/chromium.js';
import { Dashboard } from './dashboard.js';

export const OPERATOR = { name: 'anna', password: 'correct horse battery' };

export interface BrowserOptions {
  /** Default English. */
  readonly language?: Language;
  readonly dark?: boolean;
  /** In pixels of style sheets; default 1280. */
  readonly width?: number;
  readonly reducedMotion?: boolean;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', de: 'de-DE', zh: 'zh-CN' };
const PATIENCE_MS = 30_000;
/** The catalogs' sources; the path holds for this file's compiled form too. */
const CATALOGS = fileURLToPath(new URL('../../../client/dashboard/src/messages/', import.meta.url));

export class OperatorsBrowser {
  private readonly opened: { readonly page: Page; readonly problems: string[] }[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<OperatorsBrowser> {
    return new OperatorsBrowser(await launchChromium());
  }

  /** The dashboard of a coordinator, before the login. */
  async open(url: string, options: BrowserOptions = {}): Promise<Dashboard> {
    const { language = 'en', dark = false, width = 1280, reducedMotion = false } = options;
    const context = await this.browser.newContext({
      viewport: { width, height: width < 600 ? 844 : 800 },
      locale: LOCALES[language],
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('crash', () => problems.push('the page crashed'));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    this.opened.push({ page, problems });
    await page.goto(`${url}/dashboard`);
    const dashboard = new Dashboard(page, await wordsOf(language), numbersOf(language), problems);
    await dashboard.heading(dashboard.words.login.title).waitFor();
    return dashboard;
  }

  /** As {@link open}, logged in; makes the operator where there is none. @param data its folder */
  async enter(url: string, data: string, options: BrowserOptions = {}): Promise<Dashboard> {
    await addOperator({ data }, OPERATOR.name, OPERATOR.password).catch(() => {});
    const dashboard = await this.open(url, options);
    await dashboard.logIn(OPERATOR.name, OPERATOR.password);
    await dashboard.heading(dashboard.words.list.title).waitFor();
    return dashboard;
  }

  /** Closes all pages; the errors that they wrote to the console or threw. */
  async putAway(): Promise<string[]> {
    const all = this.opened.splice(0);
    for (const { page } of all) await page.context().close();
    return all.flatMap(({ problems }) => problems);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

export type { Messages, Numbers };

async function wordsOf(language: Language): Promise<Messages> {
  const { module } = await runnerImport<Record<Language, Messages>>(`${CATALOGS}${language}.ts`, {
    logLevel: 'error',
  });
  return module[language];
}
