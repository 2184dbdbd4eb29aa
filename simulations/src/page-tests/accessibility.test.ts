import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import type { JoinPage } from '../page-harness/join-page.js';
import { type PhoneOptions, Phones } from '../page-harness/phones.js';
import { walk } from './walk.js';

/** The narrowest screens that there are; also what 400 % of zoom leaves of 1280 pixels (WCAG 1.4.10). */
const NARROW = 320;

describe.skipIf(!hasChromium)('the join page for everybody (needs Chromium)', () => {
  let coordinator: DigitsCoordinator;
  let phones: Phones;
  beforeAll(async () => {
    [coordinator, phones] = await Promise.all([DigitsCoordinator.start(), Phones.start()]);
    // So that there is a choice at the address without a name.
    await coordinator.create({ rounds: 1, goal: 1 });
  });
  afterEach(async () => {
    expect(await phones.putAway()).toEqual([]);
  });
  afterAll(async () => {
    await phones?.close();
    await coordinator?.remove();
  });

  it.each<PhoneOptions & { language: 'en' | 'de' | 'zh' }>([
    { language: 'en', dark: false },
    { language: 'de', dark: true },
    { language: 'zh', dark: false },
  ])(
    'fits 320 pixels and passes axe in every view: $language, dark: $dark',
    async (options) => {
      const phone = await phones.take({ ...options, width: NARROW });
      const faults: string[] = [];
      await walk(coordinator, phone, async (view) => {
        faults.push(...(await faultsOf(phone, view)));
        await phone.screenshot(`320-${options.language}${options.dark ? '-dark' : ''}-${view}`);
      });
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it.each([false, true])(
    'fits 320 pixels and passes axe where a code is refused, dark: %s',
    async (dark) => {
      const task = await coordinator.create({ rounds: 1, goal: 1 }, 'code');
      const phone = await phones.take({ language: 'de', dark, width: NARROW });
      await phone.train(`${coordinator.link(task)}#code=0000-1111-2222-3333`);
      await phone.page.getByRole('alert').waitFor();
      expect(await faultsOf(phone, 'code')).toEqual([]);
      await phone.screenshot(`320-code-refused${dark ? '-dark' : ''}`);
      phone.forgive(/status of 403/);
    },
  );

  it('is operated by the keyboard alone, from the link to a drawing that is recognized', async () => {
    const task = await coordinator.create({ rounds: 10, goal: 1, training: { epochs: 3 } });
    const phone = await phones.take();
    const { data, train, what } = phone.messages;
    await phone.open(coordinator.link(task));
    await pressed(phone, what.next);
    await pressed(phone, data.sample);
    await phone.text(data.sampleTaken).waitFor();
    await pressed(phone, data.start);
    await phone.says(train.state.ended);
    await pressed(phone, phone.messages.try.title);
    await focused(phone, data.drawKeys);
    const { keyboard } = phone.page;
    await keyboard.press(' ');
    for (let step = 0; step < 12; step++) await keyboard.press('ArrowDown');
    await phone.screenshot('try-keyboard');
    await keyboard.press(' ');
    await phone.text(phone.messages.try.answer).waitFor();
    await phone.screenshot('try-keyboard-answer');
  });

  it('moves nothing where less motion is wished', async () => {
    const phone = await phones.take({ reducedMotion: true });
    const moving: string[] = [];
    await walk(coordinator, phone, async (view) => {
      const found = await phone.page.evaluate(() => {
        const isMoving = (element: Element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((s) => s !== '0s');
        };
        return [...document.querySelectorAll('*')]
          .filter(isMoving)
          .map(({ outerHTML }) => outerHTML);
      });
      moving.push(...found.map((element) => `${view}: ${element.slice(0, 80)}`));
    });
    expect(moving).toEqual([]);
  });
});

/** What is wrong with a view, a line each. */
async function faultsOf(phone: JoinPage, view: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: phone.page }).analyze();
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${view}: ${id}: ${html.slice(0, 120)} ${failureSummary}`,
    ),
  );
  const overflow = await phone.overflow();
  if (overflow > 0) faults.push(`${view}: ${overflow} pixels wider than the screen`);
  return faults;
}

/** Tabs until the control of this name has the focus, which must be seen. */
async function focused(phone: JoinPage, name: string): Promise<void> {
  const { keyboard } = phone.page;
  for (let tabs = 0; tabs < 100; tabs++) {
    await keyboard.press('Tab');
    const found = await phone.page.evaluate((name) => {
      const element = document.activeElement;
      if (element === null) return undefined;
      const text = `${element.getAttribute('aria-label') ?? ''}${element.textContent}`;
      if (!text.includes(name)) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { outlineStyle, outlineWidth };
    }, name);
    if (found === undefined) continue;
    expect(found.outlineStyle).not.toBe('none');
    expect(Number.parseFloat(found.outlineWidth)).toBeGreaterThanOrEqual(2);
    return;
  }
  throw new Error(`no Tab leads to ${JSON.stringify(name)}`);
}

async function pressed(phone: JoinPage, name: string): Promise<void> {
  await focused(phone, name);
  await phone.page.keyboard.press('Enter');
}
