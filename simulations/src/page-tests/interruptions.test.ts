import type { Task } from '@fedhybnn/shared';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import { type Loss, LossyLine } from '../page-harness/lossy-line.js';
import { Phones } from '../page-harness/phones.js';
import type { TinyClient } from '../wire-tests/tiny-coordinator.js';

/** What Chromium writes about requests and sockets that got no answer. */
const NO_ANSWER = /net::ERR_|WebSocket connection to .* failed/;
const ROUNDS = 6;
const HELD = 3;

describe.skipIf(!hasChromium)('a phone that is interrupted (needs Chromium)', () => {
  let coordinator: DigitsCoordinator;
  let phones: Phones;
  let lines: LossyLine[] = [];
  beforeAll(async () => {
    [coordinator, phones] = await Promise.all([DigitsCoordinator.start(), Phones.start()]);
  });
  afterEach(async () => {
    expect(await phones.putAway()).toEqual([]);
    for (const line of lines) await line.close();
    lines = [];
  });
  afterAll(async () => {
    await phones?.close();
    await coordinator?.remove();
  });

  /** A phone and a headless client that waits in round `held`. */
  async function two(held = HELD) {
    const task = await coordinator.create({ rounds: ROUNDS, goal: 2 });
    const trainer = new HeldTrainer(held);
    const companion = await coordinator.companion(task, { trainer });
    const phone = await phones.take();
    return { task, trainer, companion, phone };
  }

  async function openLine(): Promise<LossyLine> {
    const line = await LossyLine.open(coordinator.port);
    lines.push(line);
    return line;
  }

  /**
   * Both are counted in every round, once: if the phone had come back as somebody else, it would have
   * taken the other's place in a round of two.
   */
  async function expectAllCountedOnce(task: Task, companion: TinyClient): Promise<void> {
    expect((await companion.session.finished).contributed).toBe(ROUNDS);
    const published = await coordinator.rounds(task);
    expect(published.map(({ counted }) => counted)).toEqual(Array(ROUNDS).fill(2));
    expect(await coordinator.verify(task)).toEqual({ rounds: ROUNDS });
  }

  it.each<[string, Loss]>([
    ['its update is lost', 'updates'],
    ['the answer to its update is lost', 'answers'],
  ])('goes on after a reload as the same client where %s', async (_name, loses) => {
    // The companion sends nothing after the first round: what is counted stays as it is.
    const { task, trainer, companion, phone } = await two(2);
    const line = await openLine();
    await phone.open(`${line.url}/${task.id}`);
    await phone.chooseData();
    await phone.takeSample();
    await companion.heard('waiting');
    line.loses = loses;
    const struck = line.struck();
    await phone.startTraining();
    await struck;
    line.loses = 'nothing';
    await expect.poll(() => coordinator.committedUpdates(task)).toBe(loses === 'updates' ? 1 : 2);
    await phone.page.reload();
    trainer.release();
    await phone.says(phone.messages.train.state.ended);
    await expectAllCountedOnce(task, companion);
  });

  it('says that it has no connection, and goes on when it has one', async () => {
    const { task, trainer, companion, phone } = await two();
    const line = await openLine();
    await phone.train(`${line.url}/${task.id}`);
    await companion.heard('round', ({ round }) => round === HELD);
    // Offline as a browser emulates it leaves the open sockets of workers alone: cut these, too.
    await phone.page.context().setOffline(true);
    line.cut();
    await phone.says(phone.messages.train.state.offline);
    await phone.screenshot('train-offline');
    trainer.release();
    line.mend();
    await phone.page.context().setOffline(false);
    await phone.says(phone.messages.train.state.ended);
    await expectAllCountedOnce(task, companion);
    phone.forgive(NO_ANSWER);
  });

  it('goes on with a coordinator that was stopped and started again', async () => {
    const { task, trainer, companion, phone } = await two();
    await phone.train(coordinator.link(task));
    await companion.heard('round', ({ round }) => round === HELD);
    await coordinator.stop();
    await phone.says(phone.messages.train.state.offline);
    await coordinator.startAgain();
    trainer.release();
    await phone.says(phone.messages.train.state.ended);
    await expectAllCountedOnce(task, companion);
    phone.forgive(NO_ANSWER);
  });

  it.each([
    ['goes on by itself after a reload with samples that it was asked to keep', true],
    ['has forgotten samples after a reload that it was not asked to keep', false],
  ])('%s', async (_name, keep) => {
    const { task, trainer, companion, phone } = await two();
    const { data, train, what } = phone.messages;
    await phone.open(coordinator.link(task));
    await phone.chooseData();
    for (const x of [0.4, 0.6]) {
      await phone.drawSample('1', [
        [x, 0.2],
        [0.5, 0.8],
      ]);
    }
    if (keep) await phone.page.getByRole('checkbox', { name: data.keep }).check();
    await phone.startTraining();
    await companion.heard('round', ({ round }) => round === HELD);
    await phone.page.reload();
    if (!keep) {
      await phone.button(what.next).waitFor();
      await phone.go('data');
      expect(await phone.button(data.start).isDisabled()).toBe(true);
      await phone.drawSample('1', [
        [0.5, 0.2],
        [0.5, 0.8],
      ]);
      await phone.startTraining();
    }
    trainer.release();
    await phone.says(train.state.ended);
    await expectAllCountedOnce(task, companion);
  });

  it('is not counted while it is paused', async () => {
    const { task, trainer, companion, phone } = await two();
    const { pause, resume, state } = phone.messages.train;
    await phone.train(coordinator.link(task));
    await companion.heard('round', ({ round }) => round === HELD);
    await phone.button(pause).tap();
    await phone.says(state.paused);
    await phone.screenshot('train-paused');
    const before = await coordinator.committedUpdates(task);
    trainer.release();
    await companion.heard('accepted', ({ round }) => round === HELD);
    expect(await coordinator.committedUpdates(task)).toBeLessThanOrEqual(before + 1);
    await phone.button(resume).tap();
    await phone.says(state.ended);
    await expectAllCountedOnce(task, companion);
    // What the page tells of itself goes on after the pause, too.
    const { contributed } = phone.messages.train;
    const told = phone.page.getByText(contributed).locator('..').getByRole('definition');
    expect(await told.textContent()).toBe(String(ROUNDS));
    await phone.go('what');
    await phone.text(phone.messages.what.endedNote).waitFor();
    expect(await phone.button(phone.messages.what.next).count()).toBe(0);
  });

  it.each([true, false])(
    'tries the model without a network (training had ended: %s)',
    async (ended) => {
      const { task, trainer, companion, phone } = await two();
      const line = await openLine();
      await phone.train(`${line.url}/${task.id}`);
      await companion.heard('round', ({ round }) => round === HELD);
      await phone.says(phone.messages.train.state.others(phone.numbers, HELD));
      if (ended) {
        trainer.release();
        await phone.says(phone.messages.train.state.ended);
      }
      await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      line.cut();
      await phone.page.context().setOffline(true);
      await phone.page.reload();
      const { what } = phone.messages;
      await phone.text(what.offlineNote(phone.numbers, 77).split('77')[0]).waitFor();
      await phone.screenshot(`what-offline${ended ? '-ended' : ''}`);
      await phone.go('try');
      await phone.draw([
        [0.5, 0.15],
        [0.5, 0.85],
      ]);
      await phone.text(phone.messages.try.answer).waitFor();
      await phone.screenshot(`try-offline${ended ? '-ended' : ''}`);
      phone.forgive(NO_ANSWER);
      trainer.release();
    },
  );
});
