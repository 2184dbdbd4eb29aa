import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Extractor, type LabeledBits, loadExtractor, type Samples } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import type { JoinPage } from '../page-harness/join-page.js';
import { Phones } from '../page-harness/phones.js';

const PAGE = new URL('../../../client/join/', import.meta.url);

/** As in `client/join/src/engine/samples.ts`: what the page trains on, and what it holds out. */
interface SampleSet {
  add(samples: Samples, labels: Uint8Array, options: { started: number }): Promise<unknown>;
  training(): LabeledBits;
}

/** The built-in sample as the page has it: its bits, without what is held out. */
async function builtInBits(file: Uint8Array): Promise<LabeledBits> {
  const extractor = await loadExtractor(file, { patches: 'portable' });
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL('public/samples/digits.gz', PAGE))));
  const [count, width, height] = new Uint16Array(bytes.slice(0, 6).buffer);
  const labels = bytes.subarray(6, 6 + count);
  const images = { count, width, height, channels: 1, pixels: bytes.subarray(6 + count) };
  const module = (await import(new URL('src/engine/samples.ts', PAGE).href)) as {
    SampleSet: new (task: unknown, extractor: Extractor) => SampleSet;
  };
  const names = [...'0123456789'];
  const input = { kind: 'image', ...extractor.input };
  const samples = new module.SampleSet({ input, labels: names, columns: [] }, extractor);
  await samples.add(images, labels, { started: 0 });
  return samples.training();
}

/** Who the page is to the coordinator, as it remembers it. */
function clientOf({ page }: JoinPage): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('fedhybnn');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction('clients').objectStore('clients').getAll();
          all.onsuccess = () => resolve(all.result[0].client);
        };
      }),
  );
}

describe.skipIf(!hasChromium)('the votes of the join page (needs Chromium)', () => {
  let phones: Phones;
  const coordinators: DigitsCoordinator[] = [];
  const start = async () => {
    const coordinator = await DigitsCoordinator.start();
    coordinators.push(coordinator);
    return coordinator;
  };
  beforeAll(async () => {
    phones = await Phones.start();
  });
  afterAll(async () => {
    await phones?.close();
    for (const coordinator of coordinators) await coordinator.remove();
  });

  it('are those of a headless client with the same id and samples, byte for byte', async () => {
    // Alone in its rounds: each step says exactly what its votes say.
    const options = { rounds: 3, goal: 1, training: { epochs: 2 } };
    const ofPage = await start();
    const task = await ofPage.create(options);
    const phone = await phones.take();
    await phone.train(ofPage.link(task));
    await phone.says(phone.messages.train.state.ended);
    const client = await clientOf(phone);

    const ofNode = await start();
    const same = await ofNode.create(options);
    expect(same).toEqual(task);
    const data = { kind: 'bits', data: await builtInBits(ofNode.digits.extractor) } as const;
    const headless = await ofNode.companion(same, { client, data });
    expect((await headless.session.finished).contributed).toBe(3);

    const published = await ofPage.rounds(task);
    expect(published.map(({ counted }) => counted)).toEqual([1, 1, 1]);
    const bytes = (rounds: typeof published) => rounds.map(({ step, model }) => ({ step, model }));
    expect(bytes(await ofNode.rounds(same))).toEqual(bytes(published));
    expect(await phones.putAway()).toEqual([]);
  });
});
