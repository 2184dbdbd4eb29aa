import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dataset, loadFashionMnist, loadMnist, requireImages } from '@fedhybnn/client/node';
import { loadExtractor } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleImages } from '../pretrain/sample-images.js';
import { BuiltPage, type OpenedPage } from './built-page.js';
import { hasChromium } from './chromium.js';

interface PageFunctions {
  startTensorflow(binary: string): Promise<string>;
  extractBits(file: string, pixels: string, patches: string): Promise<number[]>;
}

const require = createRequire(import.meta.url);
const fixture = new URL('../../../shared/src/extractor/testing/browser-page/', import.meta.url);
const folder = dirname(require.resolve('@fedhybnn/shared/extractors/mnist-pixels.fhx'));
const files = readdirSync(folder).filter((name) => name.endsWith('.fhx'));

/** Share of the bits that may differ where TensorFlow.js computes features (docs/extractors.md). */
const BOUND = 1e-4;
const IMAGES = 500;

describe.skipIf(!hasChromium)('shipped extractors in a real browser (needs Chromium)', () => {
  let built: BuiltPage;
  let opened: OpenedPage;
  const images = new Map<string, ReturnType<typeof sampleImages>>();

  beforeAll(async () => {
    const sets: Record<string, Promise<Dataset>> = {
      mnist: loadMnist({ split: 'test' }),
      fashion: loadFashionMnist({ split: 'test' }),
    };
    for (const [name, loading] of Object.entries(sets)) {
      images.set(name, sampleImages(requireImages(await loading).images, IMAGES, 1));
    }
    built = await BuiltPage.build(fileURLToPath(fixture));
    opened = await built.open();
    const binary = readFileSync(
      join(
        dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
        'dist/tfjs-backend-wasm-simd.wasm',
      ),
    );
    const url = `data:application/wasm;base64,${binary.toString('base64')}`;
    const backend = await opened.page.evaluate(
      (data) => (globalThis as unknown as PageFunctions).startTensorflow(data),
      url,
    );
    expect(backend).toBe('wasm');
  }, 120_000);
  afterAll(async () => {
    await opened?.close();
    await built?.close();
  });

  it.each(files)('%s gives the bits that it gives in Node', async (name) => {
    const bytes = readFileSync(join(folder, name));
    const sample = images.get(name.split('-')[0]);
    if (sample === undefined) throw new Error(`no images for ${name}`);
    const inPage = (patches: 'portable' | 'tensorflow') =>
      opened.page.evaluate(
        ([file, pixels, how]) =>
          (globalThis as unknown as PageFunctions).extractBits(file, pixels, how),
        [bytes.toString('base64'), Buffer.from(sample.pixels).toString('base64'), patches] as const,
      );
    const inNode = async (patches: 'portable' | 'tensorflow') =>
      (await loadExtractor(new Uint8Array(bytes), { patches })).extract(sample);

    const portable = await inNode('portable');
    expect(await inPage('portable')).toEqual([...portable.bytes]);
    const tensorflow = await inNode('tensorflow');
    for (const other of [await inPage('tensorflow'), portable.bytes]) {
      expect(differing(tensorflow.bytes, other)).toBeLessThanOrEqual(
        BOUND * IMAGES * portable.cols,
      );
    }
    expect(opened.problems).toEqual([]);
  });
});

function differing(a: Uint8Array, b: ArrayLike<number>): number {
  let bits = 0;
  a.forEach((byte, i) => {
    for (let rest = byte ^ b[i]; rest !== 0; rest &= rest - 1) bits++;
  });
  return bits;
}
