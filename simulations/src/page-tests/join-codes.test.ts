import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import type { JoinPage } from '../page-harness/join-page.js';
import { Phones } from '../page-harness/phones.js';

/** What Chromium writes about answers that are errors. */
const REFUSED = /the server responded with a status of (403|404)/;
const ROUNDS = 2;

describe.skipIf(!hasChromium)('a phone and a join code (needs Chromium)', () => {
  let coordinator: DigitsCoordinator;
  let phones: Phones;
  beforeAll(async () => {
    [coordinator, phones] = await Promise.all([DigitsCoordinator.start(), Phones.start()]);
  });
  afterEach(async () => {
    expect(await phones.putAway()).toEqual([]);
  });
  afterAll(async () => {
    await phones?.close();
    await coordinator?.remove();
  });

  const create = () => coordinator.create({ rounds: ROUNDS, goal: 1 }, 'code');
  const codeField = (phone: JoinPage) =>
    phone.page.getByRole('textbox', { name: phone.messages.code.label });

  /** The field has the focus, and all of its text is selected. */
  async function expectSelected(phone: JoinPage, text: string): Promise<void> {
    const selected = () =>
      codeField(phone).evaluate(
        (input: HTMLInputElement) =>
          input === document.activeElement &&
          input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0),
      );
    await expect.poll(selected).toBe(text);
  }

  /** The page says that the code is not valid, and its way on is to type another one. */
  async function expectCorrectable(phone: JoinPage, valid: string, name: string): Promise<void> {
    const { code, errors, train } = phone.messages;
    await phone.page.getByRole('alert').getByText(errors['join-code-invalid']).waitFor();
    await phone.screenshot(name);
    expect(await phone.page.locator('.primary').allTextContents()).toEqual([code.join]);
    expect(await codeField(phone).getAttribute('aria-invalid')).toBe('true');
    // Typing replaces what was refused.
    await expectSelected(phone, await codeField(phone).inputValue());
    await phone.page.keyboard.type('7KQ2');
    await phone.button(code.join).tap();
    await expectSelected(phone, '7KQ2');
    await phone.page.keyboard.type(valid);
    await phone.page.keyboard.press('Enter');
    await phone.says(train.state.ended);
    phone.forgive(REFUSED);
  }

  it('joins by the link that holds it, without asking', async () => {
    const task = await create();
    const { link } = await coordinator.joinCode(task, 1);
    const phone = await phones.take();
    await phone.train(link);
    await phone.says(phone.messages.train.state.ended);
    expect((await coordinator.rounds(task)).map(({ counted }) => counted)).toEqual([1, 1]);
  });

  it('is asked for it where the link holds none', async () => {
    const task = await create();
    const { code } = await coordinator.joinCode(task, 1);
    const phone = await phones.take();
    const { errors, train } = phone.messages;
    await phone.train(coordinator.link(task));
    await phone.page.getByRole('alert').getByText(errors['join-code-missing']).waitFor();
    await expectSelected(phone, '');
    expect(await phone.button(phone.messages.code.join).isDisabled()).toBe(true);
    await phone.page.keyboard.type(code);
    await phone.button(phone.messages.code.join).tap();
    await phone.says(train.state.ended);
    phone.forgive(REFUSED);
  });

  it('corrects a mistyped one', async () => {
    const task = await create();
    const { code } = await coordinator.joinCode(task, 1);
    const phone = await phones.take();
    await phone.open(coordinator.link(task));
    await codeField(phone).fill(`${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`);
    await phone.screenshot('what-code');
    await phone.chooseData();
    await phone.takeSample();
    await phone.startTraining();
    await expectCorrectable(phone, code, 'code-mistyped');
  });

  it.each(['used up', 'expired'])('takes another one in place of one that is %s', async (how) => {
    const task = await create();
    const old = await coordinator.joinCode(task, 1, how === 'expired' ? 0 : 1);
    if (how === 'used up') {
      const { session } = await coordinator.companion(task, { joinCode: old.code });
      await session.stop();
    }
    const { code } = await coordinator.joinCode(task, 1);
    const phone = await phones.take();
    await phone.train(old.link);
    await expectCorrectable(phone, code, `code-${how.replace(' ', '-')}`);
  });

  it('is told that there is no federation at a link', async () => {
    const phone = await phones.take({ language: 'de' });
    await phone.open(`${coordinator.url}/join/elsewhere`);
    await phone.page.getByRole('alert').getByText(phone.messages.errors['unknown-task']).waitFor();
    await phone.screenshot('unknown-federation-de');
    expect(phone.forgive(REFUSED)).toBeGreaterThan(0);
  });
});
