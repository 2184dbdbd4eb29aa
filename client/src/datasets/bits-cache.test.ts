import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BitMatrix, type Extractor, type ImageBatch } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedLatentBits, type ImageDataset } from './index.js';

/** A data set of 3 images of 2×5 pixels. */
function dataset(sha256 = 'd'.repeat(64)): ImageDataset {
  const pixels = Uint8Array.from({ length: 30 }, (_, i) => 37 * i);
  return {
    name: 'small',
    images: { count: 3, width: 5, height: 2, channels: 1, pixels },
    labels: Int32Array.from([1, 0, 1]),
    classes: ['a', 'b'],
    sha256,
  };
}

/** Odd pixels are set bits; counts how often it is asked. */
class CountingExtractor implements Extractor {
  readonly kind = 'pixels';
  readonly bits = 10;
  readonly input = { width: 5, height: 2, channels: 1 };
  calls = 0;

  constructor(readonly sha256 = 'e'.repeat(64)) {}

  async extract(images: ImageBatch, onProgress?: (done: number) => void): Promise<BitMatrix> {
    this.calls++;
    onProgress?.(1);
    return BitMatrix.fromSigns(
      images.count,
      10,
      Array.from(images.pixels, (pixel) => (pixel & 1) - 1),
    );
  }

  dispose(): void {}
}

describe('the cache of latent bits', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cached = async () => {
    const [file, ...others] = await readdir(join(folder, 'latent-bits'));
    expect(others).toEqual([]);
    return join(folder, 'latent-bits', file);
  };

  it('extracts once, and then gives the same bits from disk', async () => {
    const extractor = new CountingExtractor();
    const first = await cachedLatentBits({ extractor, dataset: dataset(), folder });
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const second = await cachedLatentBits({ extractor, dataset: dataset(), folder, onProgress });
    expect(extractor.calls).toBe(1);
    expect(progress).toEqual([1]);
    expect(second).toMatchObject({ rows: 3, cols: 10 });
    expect([...second.bytes]).toEqual([...first.bytes]);
    expect([...first.bytes].some((byte) => byte !== 0)).toBe(true);
  });

  it('keeps extractors and data sets apart', async () => {
    const a = new CountingExtractor('a'.repeat(64));
    const b = new CountingExtractor('b'.repeat(64));
    await cachedLatentBits({ extractor: a, dataset: dataset(), folder });
    await cachedLatentBits({ extractor: b, dataset: dataset(), folder });
    await cachedLatentBits({ extractor: a, dataset: dataset('f'.repeat(64)), folder });
    expect([a.calls, b.calls]).toEqual([2, 1]);
    expect(await readdir(join(folder, 'latent-bits'))).toHaveLength(3);
  });

  it.each([
    [
      'with a flipped bit',
      (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 12 ? byte ^ 4 : byte)),
    ],
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 3)],
    ['empty', () => new Uint8Array()],
  ])('makes a file %s again', async (_, damage) => {
    const extractor = new CountingExtractor();
    const first = await cachedLatentBits({ extractor, dataset: dataset(), folder });
    const path = await cached();
    const whole = await readFile(path);
    await writeFile(path, damage(new Uint8Array(whole)));
    const second = await cachedLatentBits({ extractor, dataset: dataset(), folder });
    expect(extractor.calls).toBe(2);
    expect([...second.bytes]).toEqual([...first.bytes]);
    expect(await readFile(await cached())).toEqual(whole);
  });

  it('goes on with a warning where it cannot write', async () => {
    // A file where the folder should be.
    await writeFile(join(folder, 'latent-bits'), '');
    const warnings: string[] = [];
    const bits = await cachedLatentBits({
      ...{ extractor: new CountingExtractor(), dataset: dataset(), folder },
      onWarning: (warning) => warnings.push(warning),
    });
    expect(bits.rows).toBe(3);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/not kept.*FEDHYBNN_DATASETS/);
  });

  it('leaves no temporary file behind when it cannot put one in place', async () => {
    const extractor = new CountingExtractor();
    await cachedLatentBits({ extractor, dataset: dataset(), folder });
    const path = await cached();
    await rm(path);
    // A folder that is not empty, under the file's name.
    await mkdir(join(path, 'inside'), { recursive: true });
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    await cachedLatentBits({ extractor, dataset: dataset(), folder, onWarning });
    expect(warnings).toHaveLength(1);
    await cached();
  });
});
