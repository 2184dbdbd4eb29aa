import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import { TinyCoordinator } from '../wire-tests/tiny-coordinator.js';
import { tinyTask } from '../wire-tests/tiny-federation.js';
import { OPERATOR, OperatorsBrowser } from './operators-browser.js';

/** What Chromium writes about a network that is cut, and about answers that are errors. */
const CUT = /net::ERR_/;
const REFUSED = /the server responded with a status of 401/;

const task = { ...tinyTask({ rounds: 4, goal: 2 }), title: 'Four patterns' };

describe.skipIf(!hasChromium)('an operator who watches (needs Chromium)', () => {
  let browser: OperatorsBrowser;
  let coordinator: TinyCoordinator;
  beforeAll(async () => {
    browser = await OperatorsBrowser.start();
  });
  beforeEach(async () => {
    coordinator = await TinyCoordinator.start(task);
  });
  afterEach(async () => {
    expect(await browser.putAway()).toEqual([]);
    await coordinator.remove();
  });
  afterAll(() => browser?.close());

  const enter = () => browser.enter(coordinator.url, coordinator.folder);

  it('is told that a password is wrong, comes in with the right one, stays in, and leaves', async () => {
    const dashboard = await enter();
    const { errors, list, login, nav } = dashboard.words;
    await dashboard.page.reload();
    await dashboard.heading(list.title).waitFor();
    await dashboard.button(nav.logOut).click();
    await dashboard.heading(login.title).waitFor();
    await dashboard.page.reload();
    await dashboard.heading(login.title).waitFor();
    await dashboard.logIn(OPERATOR.name, 'wrong horse battery');
    await dashboard.page.getByRole('alert').getByText(errors['login-failed']).waitFor();
    expect(dashboard.forgive(REFUSED)).toBe(1);
    await dashboard.logIn(OPERATOR.name, OPERATOR.password);
    await dashboard.heading(list.title).waitFor();
  });

  it('sees who has answered, how the accuracy grows, and the end', async () => {
    const dashboard = await enter();
    const { invite, overview, phase, round, rounds } = dashboard.words;
    const n = dashboard.numbers;
    await dashboard.text(round.waits(n, { ...live, ready: 0 })).waitFor();
    const slow = new HeldTrainer(3);
    await coordinator.join('a');
    const last = await coordinator.join('b', { trainer: slow });
    await dashboard.federation(task.title);
    await dashboard.text(round.arrived(n, 1, 2)).waitFor();
    await dashboard.text(round.live(n, 3)).waitFor();
    await dashboard.page
      .getByRole('progressbar', { name: round.arrivedLabel })
      .and(dashboard.page.locator('[aria-valuenow="1"][aria-valuemax="2"]'))
      .waitFor();
    await dashboard.text(phase.OPEN).waitFor();
    await dashboard.page.getByRole('img', { name: /2 rounds: from/ }).waitFor();
    await dashboard.page.locator('canvas').first().waitFor();
    await dashboard.screenshot('overview-open');
    slow.release();
    await last.heard('ended');
    await dashboard.text(round.ended).waitFor();
    await dashboard.text(`4 / 4`).waitFor();
    await dashboard.choose(overview.byBytes);
    await dashboard.tab('rounds');
    const table = dashboard.page.getByRole('table', { name: rounds.title });
    expect(await table.getByRole('row').count()).toBe(1 + 4);
    expect(await table.getByRole('cell').first().textContent()).toBe('4');
    // Nobody can be invited any more, but there is a model to try.
    await dashboard.tab('invite');
    await dashboard.text(invite.endedText).waitFor();
    await dashboard.button(invite.copy).waitFor();
    expect(await dashboard.button(invite.makeButton).count()).toBe(0);
    expect(await dashboard.button(invite.print).count()).toBe(0);
  });

  it('sees that a coordinator is gone, and goes on where it comes back', async () => {
    const dashboard = await enter();
    const { connection } = dashboard.words;
    await dashboard.federation(task.title);
    await coordinator.stop();
    await dashboard.text(connection.lost).waitFor();
    // What was seen stays.
    await dashboard.heading(task.title).waitFor();
    await dashboard.screenshot('lost');
    await coordinator.startAgain();
    await dashboard.text(connection.lost).waitFor({ state: 'hidden' });
    await coordinator.join('a');
    await coordinator.join('b');
    await dashboard.text(dashboard.words.round.ended).waitFor();
    dashboard.forgive(CUT);
  });

  it('asks once at a time, ever more rarely without a network, and at once when it is back', async () => {
    const dashboard = await enter();
    const { page, words } = dashboard;
    const context = page.context();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/v1/admin/')) asked++;
    });
    await context.setOffline(true);
    await dashboard.text(words.connection.lost).waitFor();
    asked = 0;
    await page.waitForTimeout(6000);
    expect(asked).toBeLessThanOrEqual(3);
    await context.setOffline(false);
    await dashboard.text(words.connection.lost).waitFor({ state: 'hidden' });
    dashboard.forgive(CUT);
  });

  it('asks nothing while the page is hidden', async () => {
    const dashboard = await enter();
    const { page } = dashboard;
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    // What was asked before may still be answered.
    await page.waitForTimeout(500);
    let asked = 0;
    page.on('request', () => asked++);
    await page.waitForTimeout(5000);
    expect(asked).toBe(0);
    const next = page.waitForRequest(/\/v1\/admin\/overview/);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'visible' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await next;
  });

  it('is asked to log in again where the session has ended, and comes back to the same place', async () => {
    const dashboard = await enter();
    const { login } = dashboard.words;
    await dashboard.federation(task.title);
    await dashboard.page.context().clearCookies();
    await dashboard.text(login.expired).waitFor();
    expect(dashboard.forgive(REFUSED)).toBeGreaterThan(0);
    await dashboard.logIn(OPERATOR.name, OPERATOR.password);
    await dashboard.heading(task.title).waitFor();
  });
});

const { ready, minimum, gatherMs } = task.federation;
const live = { readyFor: ready, minimum, gatherMs };
