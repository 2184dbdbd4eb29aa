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

  /** The page says that the code is not valid, and takes another one. */
  async function expectCorrectable(phone: JoinPage, valid: string, name: string): Promise<void> {
    const { errors, train } = phone.messages;
    await phone.page.getByRole('alert').getByText(errors['join-code-invalid']).waitFor();
    await phone.screenshot(name);
    await codeField(phone).fill(valid);
    await phone.page.getByRole('alert').getByRole('button', { name: errors.retry }).tap();
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
