import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmnistVariant, loadEmnist } from './index.js';

describe('EMNIST', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-emnist-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Images of 2 × 2 as published: column by column. */
  async function write(variant: EmnistVariant, labels: readonly number[]): Promise<void> {
    const head = (dimensions: readonly number[]) => [
      ...[0, 0, 8, dimensions.length],
      ...dimensions.flatMap((side) => [0, 0, 0, side]),
    ];
    const images = [...head([2, 2, 2]), 1, 2, 3, 4, 5, 6, 7, 8];
    const path = (what: string) => join(folder, `emnist-${variant}-test-${what}-ubyte.gz`);
    await writeFile(path('images-idx3'), gzipSync(Uint8Array.from(images)));
    await writeFile(
      path('labels-idx1'),
      gzipSync(Uint8Array.from([...head([labels.length]), ...labels])),
    );
  }
  const load = (variant: EmnistVariant) => loadEmnist({ variant, split: 'test', folder });

  it('stands upright', async () => {
    await write('digits', [3, 9]);
    const { name, images, labels, classes } = await load('digits');
    expect(name).toBe('emnist-digits-test');
    expect([...images.pixels]).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect([labels[0], labels[1]].map((label) => classes[label])).toEqual(['3', '9']);
  });

  it('has letters from label 1 on', async () => {
    await write('letters', [1, 26]);
    const { labels, classes } = await load('letters');
    expect([...labels].map((label) => classes[label])).toEqual(['A', 'Z']);
    expect(classes).toHaveLength(26);
  });

  it('has the 47 balanced classes of its mapping', async () => {
    await write('balanced', [36, 46]);
    const { labels, classes } = await load('balanced');
    // emnist-balanced-mapping.txt: "36 97" (a) … "46 116" (t).
    expect([...labels].map((label) => classes[label])).toEqual(['a', 't']);
    expect(classes).toHaveLength(47);
  });

  it.each([
    ['letters', [0, 1], /label 0 is 0, outside 1…26/],
    ['digits', [1, 10], /label 1 is 10, outside 0…9/],
    ['digits', [1], /1 labels for 2 images/],
  ] as const)('of %s with labels %j is refused', async (variant, labels, message) => {
    await write(variant, labels);
    await expect(load(variant)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(message),
    });
  });

  it('that is not there says where it is looked for', async () => {
    await expect(load('letters')).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(/emnist-letters-test-.*-ubyte; put the files of gzip\.zip/),
    });
  });
});
