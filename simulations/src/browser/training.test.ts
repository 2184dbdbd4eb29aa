import { fileURLToPath } from 'node:url';
import { InlineTrainer, type Trainer } from '@fedhybnn/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltPage, type OpenedPage } from './built-page.js';
import { hasChromium } from './chromium.js';

interface Trained {
  readonly digest: string;
  readonly loss: number;
}
interface PageFunctions {
  trainInPage(): Promise<Trained>;
  trainInWorker(): Promise<Trained>;
}

const fixture = new URL('../../../client/src/worker/browser-fixture/', import.meta.url);

describe.skipIf(!hasChromium)('local training in a real browser (needs Chromium)', () => {
  let built: BuiltPage;
  let opened: OpenedPage;

  beforeAll(async () => {
    built = await BuiltPage.build(fileURLToPath(fixture));
    opened = await built.open();
  }, 120_000);
  afterAll(async () => {
    await opened?.close();
    await built?.close();
  });

  it('gives the same bytes in a page, in its worker and in Node', async () => {
    const { trainSample } = (await import(new URL('training-sample.ts', fixture).href)) as {
      trainSample(trainer: Trainer): Promise<Trained>;
    };
    const node = await trainSample(new InlineTrainer());
    const { page, problems } = opened;
    const inPage = await page.evaluate(() =>
      (globalThis as unknown as PageFunctions).trainInPage(),
    );
    const inWorker = await page.evaluate(() =>
      (globalThis as unknown as PageFunctions).trainInWorker(),
    );
    expect(inPage).toEqual(node);
    expect(inWorker).toEqual(node);
    expect(problems).toEqual([]);
  });
});
