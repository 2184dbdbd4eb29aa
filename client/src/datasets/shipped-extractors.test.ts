import '@tensorflow/tfjs-backend-cpu';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  type BitMatrix,
  decodeExtractorFile,
  type Extractor,
  loadExtractor,
} from '@fedhybnn/shared';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ImageDataset, loadMnist, takeSamples } from './index.js';
import '@tensorflow/tfjs-backend-wasm';

async function readShipped(name: string): Promise<Uint8Array> {
  const path = createRequire(import.meta.url).resolve(`@fedhybnn/shared/extractors/${name}`);
  return new Uint8Array(await readFile(path));
}

let digits: ImageDataset;
beforeAll(async () => {
  const test = await loadMnist({ split: 'test' });
  digits = takeSamples(
    test,
    Uint32Array.from({ length: 500 }, (_, i) => 20 * i),
  );
});

describe('mnist-patches-512', () => {
  let extractor: Extractor;
  let bytes: Uint8Array;
  beforeAll(async () => {
    bytes = await readShipped('mnist-patches-512.fhx');
    extractor = await loadExtractor(bytes);
  });
  const extractOn = async (backend: string): Promise<BitMatrix> => {
    await setBackend(backend);
    return extractor.extract(digits.images);
  };

  it('makes 512 bits of a 28×28 image, in at most 40 KB', () => {
    expect(extractor).toMatchObject({ kind: 'patches', bits: 512 });
    expect(extractor.input).toEqual({ width: 28, height: 28, channels: 1 });
    expect(bytes.length).toBeLessThanOrEqual(40 * 1024);
  });

  it('gives the same bits on two backends, but for at most 1e-4 of them', async () => {
    const wasm = await extractOn('wasm');
    const cpu = await extractOn('cpu');
    let differing = 0;
    for (let i = 0; i < digits.images.count; i++) {
      for (let bit = 0; bit < 512; bit++) if (wasm.get(i, bit) !== cpu.get(i, bit)) differing++;
    }
    expect(differing / (500 * 512)).toBeLessThanOrEqual(1e-4);
  });

  it('gives the same bits without TensorFlow.js, but for at most 1e-4 of them', async () => {
    const tensorflow = await extractOn('wasm');
    const shares: number[] = [];
    const own = await loadExtractor(bytes, { patches: 'portable' });
    const portable = await own.extract(digits.images, (done) => shares.push(done));
    let differing = 0;
    for (let i = 0; i < digits.images.count; i++) {
      for (let bit = 0; bit < 512; bit++) {
        if (tensorflow.get(i, bit) !== portable.get(i, bit)) differing++;
      }
    }
    expect(differing / (500 * 512)).toBeLessThanOrEqual(1e-4);
    expect(shares.at(-1)).toBe(1);
  });

  it('reports a narrow guard band', () => {
    const { header } = decodeExtractorFile(bytes);
    expect(header).toMatchObject({ kind: 'patches', name: 'mnist-patches-512' });
    expect(header.kind === 'patches' && header.guardBand).toBeLessThan(1e-3);
  });

  it('sets about half of the bits on digits it has not seen', async () => {
    const bits = await extractOn('wasm');
    for (let bit = 0; bit < 512; bit++) {
      let set = 0;
      for (let i = 0; i < 500; i++) if (bits.get(i, bit)) set++;
      // Five standard deviations of a fair coin at 500 throws are 0.11.
      expect(Math.abs(set / 500 - 0.5)).toBeLessThan(0.15);
    }
  });

  it('puts a digit nearer to its own kind: the nearest neighbor mostly has the same label', async () => {
    const bits = await extractOn('wasm');
    const popcount = Uint8Array.from(
      { length: 256 },
      (_, byte) => byte.toString(2).replaceAll('0', '').length,
    );
    const distance = (a: number, b: number) => {
      const other = bits.row(b);
      return bits.row(a).reduce((sum, byte, i) => sum + popcount[byte ^ other[i]], 0);
    };
    let right = 0;
    for (let i = 0; i < 100; i++) {
      let nearest = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 100; j < 500; j++) {
        const d = distance(i, j);
        if (d < least) [nearest, least] = [j, d];
      }
      if (digits.labels[nearest] === digits.labels[i]) right++;
    }
    expect(right).toBeGreaterThanOrEqual(80);
  });

  it('refuses images of another shape', async () => {
    const images = { ...digits.images, width: 14, height: 56 };
    await expect(extractor.extract(images)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/14×56×1, but the extractor takes 28×28×1/),
    });
  });
});

describe('mnist-pixels', () => {
  it('sets the bits of the pixels from 128 on', async () => {
    const extractor = await loadExtractor(await readShipped('mnist-pixels.fhx'));
    expect(extractor).toMatchObject({ kind: 'pixels', bits: 784 });
    const bits = await extractor.extract(digits.images);
    for (let i = 0; i < 500; i += 50) {
      for (let pixel = 0; pixel < 784; pixel++) {
        expect(bits.get(i, pixel)).toBe(digits.images.pixels[784 * i + pixel] >= 128);
      }
    }
  });
});
