import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateInProcess } from '../engine/in-process.js';
import { type PlayedRule, playedRules } from '../engine/testing/played-rules.js';
import { BuiltPage, type OpenedPage } from './built-page.js';
import { hasChromium } from './chromium.js';

interface PageFunctions {
  playRules(): Promise<PlayedRule[]>;
}

const fixture = new URL('../engine/browser-fixture/', import.meta.url);

describe.skipIf(!hasChromium)('a whole federation in a real browser (needs Chromium)', () => {
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

  it('gives the models, accuracies and simulated times of Node and its threads', async () => {
    const inNode = await playedRules(simulateInProcess);
    expect(inNode.map(({ hashes }) => new Set(hashes).size)).toEqual([3, 3, 3, 3, 3]);
    const { page, problems } = opened;
    const inPage = await page.evaluate(() => (globalThis as unknown as PageFunctions).playRules());
    expect(inPage).toEqual(inNode);
    expect(problems).toEqual([]);
  }, 120_000);
});
