/** The dashboard as an operator uses it: by the words and roles of what is seen. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import type { Messages } from '../../../client/dashboard/src/messages/en.js';
import type { Numbers } from '../../../client/look/src/numbers.js';
import { screenshot } from '../page-harness/screenshots.js';

export type Tab = keyof Omit<Messages['tabs'], 'label'>;

export class Dashboard {
  constructor(
    readonly page: Page,
    readonly words: Messages,
    readonly numbers: Numbers,
    private readonly problems: string[],
  ) {}

  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true });
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).check();
  }

  text(words: string): Locator {
    return this.page.getByText(words, { exact: false }).first();
  }

  row(text: string): Locator {
    return this.page.getByRole('row').filter({ hasText: text });
  }

  async logIn(name: string, password: string): Promise<void> {
    const { login } = this.words;
    await this.field(login.name).fill(name);
    await this.field(login.password).fill(password);
    await this.button(login.submit).click();
  }

  async place(name: 'list' | 'create' | 'coordinator'): Promise<void> {
    const { nav } = this.words;
    const bar = this.page.getByRole('navigation', { name: nav.label, exact: true });
    await bar.getByRole('link', { name: nav[name], exact: true }).click();
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** From anywhere to a federation, by the list. */
  async federation(title: string): Promise<void> {
    await this.place('list');
    await this.page.getByRole('link', { name: title, exact: true }).click();
    await this.heading(title).waitFor();
  }

  async tab(name: Tab): Promise<void> {
    const { tabs } = this.words;
    const bar = this.page.getByRole('navigation', { name: tabs.label });
    await bar.getByRole('link', { name: tabs[name], exact: true }).click();
    await bar.locator('[aria-current=page]', { hasText: tabs[name] }).waitFor();
  }

  /** Presses a button that asks first, and confirms. */
  async confirm(label: string, confirm = label): Promise<void> {
    await this.button(label).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: confirm, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** What axe finds, and whether the page is wider than the screen; a line each. */
  async faults(view: string): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    const faults = violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${view}: ${id}: ${html.slice(0, 160)} ${failureSummary}`,
      ),
    );
    const overflow = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) faults.push(`${view}: ${overflow} pixels wider than the screen`);
    return faults;
  }

  /** Errors on the console that a test brings about. @returns how many there were */
  forgive(expected: RegExp): number {
    const others = this.problems.filter((problem) => !expected.test(problem));
    const forgiven = this.problems.length - others.length;
    this.problems.splice(0, this.problems.length, ...others);
    return forgiven;
  }

  screenshot(name: string): Promise<void> {
    return screenshot(this.page, `dashboard-${name}`);
  }
}
