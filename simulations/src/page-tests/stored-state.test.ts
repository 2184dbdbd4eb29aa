import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import { Phones } from '../page-harness/phones.js';
import { type Damage, damageDatabase } from './damage-database.js';

const HELD = 2;

describe.skipIf(!hasChromium)('what a phone has stored (needs Chromium)', () => {
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

  it.each<[string, Damage, boolean]>([
    ['with other contents', 'contents', true],
    ['with numbers where bytes belong', 'types', true],
    ['without its tables', 'tables', false],
    ['of a later version', 'version', false],
  ])('does not keep it from training: a database %s', async (_name, damage, told) => {
    const task = await coordinator.create({ rounds: 4, goal: 1, minimum: 1 });
    const phone = await phones.take();
    await phone.open(coordinator.link(task));
    await phone.chooseData();
    await phone.drawSample('1', [
      [0.5, 0.2],
      [0.5, 0.8],
    ]);
    await phone.page.getByRole('checkbox', { name: phone.messages.data.keep }).check();
    await phone.startTraining();
    await phone.says(phone.messages.train.state.ended);
    await phone.page.goto(`${coordinator.url}/`);
    const damaged = await phone.page.evaluate(damageDatabase, damage);
    expect(damaged).toBeGreaterThan(0);

    const next = await coordinator.create({ rounds: 2, goal: 1 });
    await phone.open(coordinator.link(task));
    if (told) await phone.text(phone.messages.what.repaired).waitFor();
    await phone.train(coordinator.link(next));
    await phone.says(phone.messages.train.state.ended);
    expect((await coordinator.rounds(next)).map(({ counted }) => counted)).toEqual([1, 1]);
  });

  it('does not keep it from training: a language that there is not', async () => {
    const task = await coordinator.create({ rounds: 2, goal: 1 });
    const phone = await phones.take({ language: 'de' });
    await phone.page.context().addInitScript(() => {
      for (const key of ['fedhybnn-language', ...Object.keys(localStorage)]) {
        localStorage.setItem(key, '{"klingon');
      }
    });
    await phone.train(coordinator.link(task));
    await phone.says(phone.messages.train.state.ended);
  });

  it('is gone after one tap', async () => {
    const task = await coordinator.create({ rounds: 3, goal: 2 });
    const companion = await coordinator.companion(task, { trainer: new HeldTrainer(HELD) });
    const phone = await phones.take();
    const { data, erase, what } = phone.messages;
    await phone.open(coordinator.link(task));
    await phone.chooseData();
    await phone.drawSample('1', [
      [0.5, 0.2],
      [0.5, 0.8],
    ]);
    await phone.page.getByRole('checkbox', { name: data.keep }).check();
    await phone.startTraining();
    await companion.heard('round', ({ round }) => round === HELD);
    await phone.go('what');
    await phone.button(erase.button).tap();
    await phone.text(erase.done).waitFor();
    await phone.screenshot('what-erased');
    const left = await phone.page.evaluate(async () => {
      let entries = 0;
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const store of database.objectStoreNames) {
          entries += await new Promise<number>((resolve) => {
            const request = database.transaction(store).objectStore(store).count();
            request.onsuccess = () => resolve(request.result);
          });
        }
        database.close();
      }
      return entries;
    });
    expect(left).toBe(0);
    await phone.page.reload();
    await phone.button(what.next).waitFor();
    expect(await phone.text(what.again).count()).toBe(0);
  });
});
