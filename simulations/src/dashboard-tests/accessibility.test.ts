import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { TinyCoordinator } from '../wire-tests/tiny-coordinator.js';
import { tinyTask } from '../wire-tests/tiny-federation.js';
import type { Dashboard } from './dashboard.js';
import { type BrowserOptions, OPERATOR, OperatorsBrowser } from './operators-browser.js';

/** The narrowest screens that there are; also what 400 % of zoom leaves of 1280 pixels (WCAG 1.4.10). */
const NARROW = 320;
const task = { ...tinyTask({ rounds: 2, goal: 2 }), title: 'Four patterns' };
/** Nobody has joined it yet; the other has ended. */
const waiting = { ...task, id: 'waiting', title: 'Patterns to come' };

describe.skipIf(!hasChromium)('the dashboard for everybody (needs Chromium)', () => {
  let browser: OperatorsBrowser;
  let coordinator: TinyCoordinator;
  beforeAll(async () => {
    browser = await OperatorsBrowser.start();
    coordinator = await TinyCoordinator.start(task);
    const clients = await Promise.all(['a', 'b'].map((name) => coordinator.join(name)));
    await Promise.all(clients.map((client) => client.heard('ended')));
    await coordinator.create(waiting);
  });
  afterEach(async () => {
    expect(await browser.putAway()).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await coordinator?.remove();
  });

  /** Every view, one after the other. */
  async function walk(
    options: BrowserOptions,
    look: (view: string, at: Dashboard) => Promise<void>,
  ) {
    const login = await browser.open(coordinator.url, options);
    await look('login', login);
    const dashboard = await browser.enter(coordinator.url, coordinator.folder, options);
    const { words } = dashboard;
    await dashboard.text(task.title).waitFor();
    await look('list', dashboard);
    await dashboard.federation(task.title);
    await dashboard.page.locator('canvas').nth(1).waitFor();
    await look('overview', dashboard);
    await dashboard.tab('rounds');
    await dashboard.page.getByRole('table', { name: words.rounds.title }).waitFor();
    await look('rounds', dashboard);
    await dashboard.tab('participants');
    await dashboard.row('b').first().waitFor();
    await look('participants', dashboard);
    await dashboard.button(words.participants.excludeWho('b')).click();
    await look('exclude', dashboard);
    await dashboard.page.keyboard.press('Escape');
    await dashboard.tab('invite');
    await dashboard.text(words.invite.endedText).waitFor();
    await look('invite-ended', dashboard);
    await dashboard.tab('task');
    await dashboard.page.getByText('"schema": 1').waitFor();
    await look('task', dashboard);
    await dashboard.federation(waiting.title);
    await dashboard.tab('invite');
    await dashboard.button(words.invite.makeButton).click();
    await dashboard.page.locator('.join-code').waitFor();
    await look('invite', dashboard);
    await dashboard.place('create');
    await dashboard.text(words.create.valid).waitFor();
    await dashboard.field(words.create.id).fill('Wrong');
    await look('create', dashboard);
    await dashboard.place('coordinator');
    await dashboard.row('create-join-code').first().waitFor();
    await look('coordinator', dashboard);
  }

  it.each<BrowserOptions & { readonly language: 'en' | 'de' | 'zh' }>([
    { language: 'en', width: NARROW },
    { language: 'de', width: NARROW, dark: true },
    { language: 'zh', width: NARROW },
    { language: 'de' },
    { language: 'en', dark: true },
  ])(
    'fits the screen and passes axe in every view: $language, $width pixels, dark: $dark',
    async (options) => {
      const faults: string[] = [];
      await walk(options, async (view, dashboard) => {
        faults.push(...(await dashboard.faults(view)));
        const { language, width = 1280, dark } = options;
        await dashboard.screenshot(`${width}-${language}${dark ? '-dark' : ''}-${view}`);
      });
      expect(faults).toEqual([]);
    },
    180_000,
  );

  it('moves nothing where less motion is wished', async () => {
    const moving: string[] = [];
    await walk({ reducedMotion: true }, async (view, { page }) => {
      const found = await page.evaluate(() => {
        const isMoving = (element: Element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((s) => s !== '0s');
        };
        return [...document.querySelectorAll('*')]
          .filter(isMoving)
          .map(({ outerHTML }) => outerHTML.slice(0, 80));
      });
      moving.push(...found.map((element) => `${view}: ${element}`));
    });
    expect(moving).toEqual([]);
  }, 120_000);

  it('is operated by the keyboard alone: login, a federation, its participants, a dialog', async () => {
    await browser.enter(coordinator.url, coordinator.folder).then(() => browser.putAway());
    const dashboard = await browser.open(coordinator.url);
    const { login, list, participants, tabs } = dashboard.words;
    const { keyboard } = dashboard.page;
    await focused(dashboard, login.name);
    await keyboard.type(OPERATOR.name);
    await focused(dashboard, login.password);
    await keyboard.type(OPERATOR.password);
    await keyboard.press('Enter');
    await dashboard.heading(list.title).waitFor();
    await dashboard.text(task.title).waitFor();
    await focused(dashboard, task.title);
    await keyboard.press('Enter');
    await dashboard.heading(task.title).waitFor();
    await focused(dashboard, tabs.participants);
    await keyboard.press('Enter');
    await dashboard.row('b').first().waitFor();
    await focused(dashboard, participants.excludeWho('b'));
    await keyboard.press('Enter');
    await dashboard.page.getByRole('dialog').waitFor();
    await keyboard.press('Escape');
    // The focus is where it was.
    expect(await dashboard.page.evaluate(() => document.activeElement?.ariaLabel)).toBe(
      participants.excludeWho('b'),
    );
  });
});

/** Tabs until the control of this name has the focus, which must be seen. */
async function focused({ page }: Dashboard, name: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate((name) => {
      const element = document.activeElement;
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const text = [element?.ariaLabel, element?.textContent, ...labels.map((l) => l.textContent)];
      if (element === null || !text.some((each) => each?.includes(name))) return undefined;
      // A card shows the focus of its link around all of it.
      const styles = [getComputedStyle(element), getComputedStyle(element, '::after')];
      return styles.some(
        ({ outlineStyle, outlineWidth }) =>
          outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
      );
    }, name);
    if (found === undefined) continue;
    expect(found).toBe(true);
    return;
  }
  throw new Error(`no Tab leads to ${JSON.stringify(name)}`);
}
