import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltPage, type OpenedPage } from './built-page.js';
import { hasChromium } from './chromium.js';

interface PageFunctions {
  smallDigests(): Promise<string[]>;
}

const testing = new URL('../../../shared/src/dictionary/federation/testing/', import.meta.url);

describe.skipIf(!hasChromium)('a dictionary federation in a real browser (needs Chromium)', () => {
  let built: BuiltPage;
  let opened: OpenedPage;
  beforeAll(async () => {
    built = await BuiltPage.build(fileURLToPath(new URL('browser-page', testing)));
    opened = await built.open();
  }, 120_000);
  afterAll(async () => {
    await opened?.close();
    await built?.close();
  });

  it('gives the states and the extractor of Node, byte for byte', async () => {
    const { page, problems } = opened;
    const inPage = await page.evaluate(() =>
      (globalThis as unknown as PageFunctions).smallDigests(),
    );
    const { smallDigests }: PageFunctions = await import(new URL('small-digests.ts', testing).href);
    expect(inPage).toEqual(await smallDigests());
    expect(inPage).toHaveLength(13);
    expect(problems).toEqual([]);
  });
});
