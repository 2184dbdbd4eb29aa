import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import { Phones } from '../page-harness/phones.js';

describe.skipIf(!hasChromium)('phones in a federation (needs Chromium)', () => {
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

  it('two of them and a headless client finish it: three taps, all counted, the model tried', async () => {
    const rounds = 12;
    const task = await coordinator.create({ rounds, goal: 3, training: { epochs: 3 } });
    const link = coordinator.link(task);
    const trainer = new HeldTrainer(rounds - 3);
    const companion = await coordinator.companion(task, { trainer });
    const [light, dark] = [await phones.take(), await phones.take({ dark: true, language: 'de' })];
    await light.open(link);
    await light.screenshot('what');
    await light.chooseData();
    await light.screenshot('data-empty');
    await light.takeSample();
    await light.screenshot('data-sample');
    await Promise.all([light.startTraining(), dark.train(link)]);
    await light.says(light.messages.train.rounds(light.numbers, rounds - 3, rounds));
    await light.says(light.messages.train.state.others(light.numbers, rounds - 3));
    await light.screenshot('train-running');
    trainer.release();
    for (const phone of [light, dark]) await phone.says(phone.messages.train.state.ended);
    await light.screenshot('train-ended');
    await dark.screenshot('train-ended-dark-de');

    const { contributed, why } = await companion.session.finished;
    expect({ contributed, why }).toEqual({ contributed: rounds, why: 'federation-ended' });
    const published = await coordinator.rounds(task);
    expect(published.map(({ counted }) => counted)).toEqual(Array(rounds).fill(3));
    expect(await coordinator.verify(task)).toEqual({ rounds });

    for (const [phone, name] of [
      [light, 'try'],
      [dark, 'try-dark-de'],
    ] as const) {
      await phone.go('try');
      await phone.screenshot(`${name}-empty`);
      await phone.draw([
        [0.5, 0.15],
        [0.5, 0.85],
      ]);
      const answer = phone.text(phone.messages.try.answer).locator('..');
      await answer.waitFor();
      expect(await answer.locator('strong').textContent()).toBe('1');
      await phone.screenshot(name);
    }
  });

  it('says what it waits for: more devices, or the others of its round', async () => {
    const task = await coordinator.create({ rounds: 2, goal: 2, minimum: 2 });
    const phone = await phones.take();
    const { state } = phone.messages.train;
    await phone.train(coordinator.link(task));
    await phone.says(state.gathering(phone.numbers, 1));
    await phone.screenshot('train-waits-for-more');
    const trainer = new HeldTrainer(1);
    await coordinator.companion(task, { trainer });
    await phone.says(state.others(phone.numbers, 1));
    await phone.screenshot('train-waits-for-others');
    trainer.release(2);
    await phone.says(state.others(phone.numbers, 2));
    trainer.release();
    await phone.says(state.ended);
  });
});
