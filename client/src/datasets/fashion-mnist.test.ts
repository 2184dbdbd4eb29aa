import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFashionMnist } from './index.js';

const installed = existsSync('/usr/share/datasets/fashion-mnist');

describe.skipIf(!installed)('Fashion-MNIST (needs the package dataset-fashion-mnist)', () => {
  it.each([
    ['train', 60_000],
    ['test', 10_000],
  ] as const)('has the published %s split, each class a tenth of it', async (split, count) => {
    const { name, images, labels, classes } = await loadFashionMnist({ split });
    expect(name).toBe(`fashion-mnist-${split}`);
    expect(images).toMatchObject({ count, width: 28, height: 28, channels: 1 });
    expect(images.pixels).toHaveLength(count * 784);
    expect(classes[9]).toBe('Ankle boot');
    const histogram = new Array<number>(10).fill(0);
    for (const label of labels) histogram[label]++;
    expect(histogram).toEqual(new Array(10).fill(count / 10));
  });
});

describe('Fashion-MNIST in a folder of the user', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-fashion-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const load = () => loadFashionMnist({ split: 'test', folder });

  it('without the files says which one and what to do', async () => {
    await expect(load()).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(/t10k-.*-ubyte; install Debian's package dataset-fashion/),
    });
  });

  it('is refused where a packed file is another, or damaged', async () => {
    const packed = gzipSync(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 1, 7]));
    await writeFile(join(folder, 't10k-labels-idx1-ubyte.gz'), packed);
    await writeFile(join(folder, 't10k-images-idx3-ubyte.gz'), packed);
    await expect(load()).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/t10k-.*-ubyte: SHA-256 is .* as published; delete it/),
    });
    for (const file of ['images-idx3', 'labels-idx1']) {
      await writeFile(join(folder, `t10k-${file}-ubyte.gz`), packed.subarray(0, 20));
    }
    await expect(load()).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/ubyte\.gz: gzip cannot unpack it/),
    });
  });
});
