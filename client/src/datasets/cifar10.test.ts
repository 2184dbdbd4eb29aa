import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCifar10 } from './index.js';

/** One record: the label, then the planes, each of one value but for its first and last pixel. */
function record(label: number, red: number, green: number, blue: number): Uint8Array {
  const bytes = new Uint8Array(3073);
  bytes[0] = label;
  [red, green, blue].forEach((value, plane) => {
    const own = bytes.subarray(1 + 1024 * plane, 1 + 1024 * (plane + 1)).fill(value);
    own[0] = 200 + plane;
    own[1023] = 210 + plane;
  });
  return bytes;
}

describe('CIFAR-10', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-cifar-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from its planes into three values a pixel, batch after batch', async () => {
    for (let batch = 1; batch <= 5; batch++) {
      const bytes = [...record(batch, 1, 2, 3), ...record(batch - 1, batch, 5, 6)];
      await writeFile(join(folder, `data_batch_${batch}.bin`), Uint8Array.from(bytes));
    }
    const { images, labels, classes } = await loadCifar10({ split: 'train', folder });
    expect(images).toMatchObject({ count: 10, width: 32, height: 32, channels: 3 });
    expect([...labels]).toEqual([1, 0, 2, 1, 3, 2, 4, 3, 5, 4]);
    expect(classes[3]).toBe('cat');
    const image = images.pixels.subarray(9 * 3072);
    expect([...image.subarray(0, 6)]).toEqual([200, 201, 202, 5, 5, 6]);
    expect([...image.subarray(3069)]).toEqual([210, 211, 212]);
  });

  it('may be packed', async () => {
    await writeFile(join(folder, 'test_batch.bin.gz'), gzipSync(record(9, 0, 0, 0)));
    const { name, labels } = await loadCifar10({ split: 'test', folder });
    expect(name).toBe('cifar-10-test');
    expect([...labels]).toEqual([9]);
  });

  it.each([
    ['cut off', record(1, 0, 0, 0).subarray(0, 3000), /3000 bytes are not whole records of 3073/],
    ['empty', new Uint8Array(), /0 bytes are not whole records/],
    ['of other labels', record(10, 0, 0, 0), /"label" of record 0 is 10, outside 0…9/],
  ])('that is %s is refused by file', async (_, bytes, message) => {
    await writeFile(join(folder, 'test_batch.bin'), bytes);
    await expect(loadCifar10({ split: 'test', folder })).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(message),
    });
  });

  it('that is not there says what to unpack', async () => {
    await expect(loadCifar10({ split: 'test', folder })).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(/test_batch\.bin; unpack cifar-10-binary\.tar\.gz/),
    });
  });
});
