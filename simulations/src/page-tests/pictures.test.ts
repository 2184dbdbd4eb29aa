import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import type { JoinPage } from '../page-harness/join-page.js';
import { Phones } from '../page-harness/phones.js';
import { photograph } from '../page-harness/pictures.js';

/** A name that only this browser knows: a coordinator in the same network, without HTTPS. */
const LAN = 'coordinator.test';

describe.skipIf(!hasChromium)('pictures on a phone (needs Chromium)', () => {
  let coordinator: DigitsCoordinator;
  let phones: Phones;
  beforeAll(async () => {
    const chromium = Phones.start([
      '--use-fake-device-for-media-stream',
      `--host-resolver-rules=MAP ${LAN} 127.0.0.1`,
    ]);
    [coordinator, phones] = await Promise.all([DigitsCoordinator.start(), chromium]);
  });
  afterEach(async () => {
    expect(await phones.putAway()).toEqual([]);
  });
  afterAll(async () => {
    await phones?.close();
    await coordinator?.remove();
  });

  async function chooseWay(phone: JoinPage, way: 'files' | 'camera', origin = coordinator.url) {
    const task = await coordinator.create({ rounds: 2, goal: 1 });
    await phone.open(`${origin}/${task.id}`);
    await phone.chooseData();
    const { data } = phone.messages;
    await phone.page.getByRole('radio', { name: data[way], exact: true }).check({ force: true });
    return data;
  }

  /** The page confirms that as many pictures were read. */
  async function expectRead(phone: JoinPage, count: number): Promise<void> {
    const { data } = phone.messages;
    await phone.text(data.together(phone.numbers, count, 0).split(',')[0]).waitFor();
  }

  it('come from its camera, one tap each', async () => {
    const phone = await phones.take({ permissions: ['camera'] });
    const data = await chooseWay(phone, 'camera');
    await phone.button(data.startCamera).tap();
    await phone.page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await phone.page.getByRole('radio', { name: '3', exact: true }).check({ force: true });
    await phone.button(data.capture('3')).tap();
    await expectRead(phone, 1);
    await phone.screenshot('data-camera');
    await phone.button(data.stopCamera).tap();
    await phone.button(data.startCamera).waitFor();
    await phone.startTraining();
    await phone.says(phone.messages.train.state.ended);
  });

  it('come from its own camera program where the page may not use the camera', async () => {
    const phone = await phones.take();
    const data = await chooseWay(phone, 'camera');
    await phone.button(data.startCamera).tap();
    await phone.text(data.cameraRefused).waitFor();
    await phone.screenshot('data-camera-refused');
    await phone.page.getByLabel(data.takePhoto).setInputFiles({
      ...{ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from(photograph(0.1)) },
    });
    await expectRead(phone, 1);
    for (const other of [data.draw, data.files]) {
      expect(await phone.page.getByRole('radio', { name: other, exact: true }).isEnabled()).toBe(
        true,
      );
    }
  });

  it('are read and trained on without HTTPS, where browsers have neither camera nor cryptography', async () => {
    const phone = await phones.take();
    const data = await chooseWay(phone, 'camera', `http://${LAN}:${coordinator.port}`);
    expect(await phone.page.evaluate(() => isSecureContext)).toBe(false);
    await phone.text(data.cameraRefused).waitFor();
    await phone.takeSample();
    await phone.startTraining();
    await phone.says(phone.messages.train.state.ended);
    await phone.go('try');
    await phone.draw([
      [0.5, 0.15],
      [0.5, 0.85],
    ]);
    await phone.text(phone.messages.try.answer).waitFor();
  });

  it('of 20 MB are read, and the network sees what they show', async () => {
    const phone = await phones.take();
    const data = await chooseWay(phone, 'files');
    const large = Buffer.from(photograph(20));
    expect(large.length).toBeGreaterThan(19e6);
    await phone.page.getByLabel(data.pick).setInputFiles({
      ...{ name: 'IMG_0001.png', mimeType: 'image/png', buffer: large },
    });
    await expectRead(phone, 1);
    await phone.screenshot('data-20-megabytes');
  });

  it('that are broken, or none, are named; the others are read', async () => {
    const phone = await phones.take();
    const data = await chooseWay(phone, 'files');
    const whole = Buffer.from(photograph(0.1));
    const files = {
      'whole.png': whole,
      'cut.png': whole.subarray(0, 60),
      'noise.jpg': Buffer.from(photograph(0.01)).fill(0x5a),
      'text.png': Buffer.from('Dear diary, this is no picture.'),
      'empty.png': Buffer.alloc(0),
    };
    await phone.page
      .getByLabel(data.pick)
      .setInputFiles(
        Object.entries(files).map(([name, buffer]) => ({ name, mimeType: 'image/png', buffer })),
      );
    const named = phone.page.getByText(data.unreadable['no-picture']).locator('..');
    await named.waitFor();
    for (const name of ['cut.png', 'noise.jpg', 'text.png', 'empty.png']) {
      expect(await named.textContent()).toContain(name);
    }
    expect(await named.textContent()).not.toContain('whole.png');
    await expectRead(phone, 1);
    await phone.screenshot('data-unreadable');
  });

  it('that are none, shown to the model, are named with a remedy', async () => {
    const phone = await phones.take();
    const task = await coordinator.create({ rounds: 2, goal: 1 });
    await phone.train(coordinator.link(task));
    await phone.says(phone.messages.train.state.ended);
    await phone.go('try');
    const show = phone.page.getByLabel(phone.messages.try.show);
    await show.setInputFiles({
      ...{ name: 'diary.png', mimeType: 'image/png', buffer: Buffer.from('Dear diary') },
    });
    const problem = phone.page.getByRole('alert');
    await problem.getByText('diary.png: is no picture').waitFor();
    await phone.screenshot('try-unreadable');
    await show.setInputFiles({
      ...{ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from(photograph(0.1)) },
    });
    await phone.text(phone.messages.try.answer).waitFor();
    expect(await problem.count()).toBe(0);
    await phone.screenshot('try-photograph');
  });
});
