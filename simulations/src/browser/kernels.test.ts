import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltPage, type OpenedPage } from './built-page.js';
import { hasChromium } from './chromium.js';

interface PageFunctions {
  checkEveryOperation(shapes: number): Promise<string>;
  hundredSteps(): Promise<string[]>;
  kernelsName(): Promise<string>;
}

const testing = new URL('../../../shared/src/kernels/testing/', import.meta.url);
const inNode = (file: string): Promise<PageFunctions> => import(new URL(file, testing).href);

describe.skipIf(!hasChromium)('the kernels in a real browser (needs Chromium)', () => {
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

  it('have relaxed SIMD, and every implementation gives the bytes of the reference, as in Node', async () => {
    const { page, problems } = opened;
    const name = await page.evaluate(() => (globalThis as unknown as PageFunctions).kernelsName());
    expect(name).toBe('relaxed');
    const inPage = await page.evaluate(() =>
      (globalThis as unknown as PageFunctions).checkEveryOperation(30),
    );
    const { checkEveryOperation } = await inNode('every-operation.ts');
    expect(inPage).toBe(await checkEveryOperation(30));
    expect(problems).toEqual([]);
  });

  it('train a head for 100 steps to one hash, with every choice of kernels and as in Node', async () => {
    const { page, problems } = opened;
    const inPage = await page.evaluate(() =>
      (globalThis as unknown as PageFunctions).hundredSteps(),
    );
    const { hundredSteps } = await inNode('hundred-steps.ts');
    const digests = [...(await hundredSteps()), ...inPage];
    expect(digests).toHaveLength(20);
    expect(new Set(digests).size).toBe(1);
    expect(problems).toEqual([]);
  });
});
