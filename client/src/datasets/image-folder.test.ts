import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJimp } from '@jimp/core';
import jpeg from '@jimp/js-jpeg';
import png from '@jimp/js-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadImageFolder } from './index.js';

const Jimp = createJimp({ formats: [png, jpeg], plugins: [] });

/** A picture of one color, 0xrrggbbaa. */
function picture(kind: 'image/png' | 'image/jpeg', color: number, width = 40, height = 20) {
  return new Jimp({ width, height, color }).getBuffer(kind);
}

describe('a folder of images by class', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'fedhybnn-folder-')), 'My Pets');
    await mkdir(join(folder, 'dogs'), { recursive: true });
    await mkdir(join(folder, 'cats'));
    await writeFile(join(folder, 'dogs', 'b.png'), await picture('image/png', 0xff0000ff));
    await writeFile(join(folder, 'dogs', 'a.JPG'), await picture('image/jpeg', 0x808080ff));
    await writeFile(join(folder, 'cats', 'c.png'), await picture('image/png', 0x00000000));
    await writeFile(join(folder, 'cats', 'notes.txt'), 'no picture');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('is read in the order of names, in color, transparent pixels on white', async () => {
    const { name, images, labels, owners, classes } = await loadImageFolder({
      ...{ folder, side: 8, channels: 3 },
    });
    expect(name).toBe('my-pets');
    expect(classes).toEqual(['cats', 'dogs']);
    expect(owners).toBeUndefined();
    expect([...labels]).toEqual([0, 1, 1]);
    expect(images).toMatchObject({ count: 3, width: 8, height: 8, channels: 3 });
    const of = (image: number) => [...images.pixels.subarray(image * 192, (image + 1) * 192)];
    expect(new Set(of(0))).toEqual(new Set([255]));
    // JPEG keeps an even gray to a level or so.
    for (const value of of(1)) expect(Math.abs(value - 128)).toBeLessThanOrEqual(2);
    expect(of(2).slice(0, 6)).toEqual([255, 0, 0, 255, 0, 0]);
  });

  it('says whose pictures are by the folders within a class', async () => {
    for (const [where, color] of [
      ['dogs/zoe', 0xff],
      ['dogs/ada', 0x10101ff],
      ['cats/zoe', 0x20202ff],
    ] as const) {
      await mkdir(join(folder, where));
      await writeFile(join(folder, where, 'x.png'), await picture('image/png', color));
    }
    const { owners, labels, images } = await loadImageFolder({ folder, side: 4, channels: 1 });
    // First those beside the owners' folders: they are one owner's, too.
    expect([...labels]).toEqual([0, 0, 1, 1, 1, 1]);
    expect([...(owners ?? [])]).toEqual([0, 2, 0, 0, 1, 2]);
    expect(images.count).toBe(6);
  });

  it('is read in gray by the luma of BT.601', async () => {
    const { images } = await loadImageFolder({ folder, side: 4, channels: 1 });
    expect(images.pixels).toHaveLength(3 * 16);
    // 0.299 · 255 = 76.2.
    expect(Math.abs(images.pixels[2 * 16] - 76.2)).toBeLessThanOrEqual(1);
  });

  it('keeps what is where while it scales', async () => {
    const left = new Jimp({ width: 40, height: 20, color: 0xffffffff });
    for (let y = 0; y < 20; y++) for (let x = 0; x < 20; x++) left.setPixelColor(0x000000ff, x, y);
    await writeFile(join(folder, 'cats', 'c.png'), await left.getBuffer('image/png'));
    const { images } = await loadImageFolder({ folder, side: 4, channels: 1 });
    expect([...images.pixels.subarray(0, 4)]).toEqual([0, 0, 255, 255]);
  });

  it('has another identity for other pixels, sizes and class names', async () => {
    const identity = async (side = 4) =>
      (await loadImageFolder({ folder, side, channels: 1 })).sha256;
    const first = await identity();
    expect(await identity()).toBe(first);
    expect(await identity(5)).not.toBe(first);
    await writeFile(join(folder, 'cats', 'c.png'), await picture('image/png', 0x010101ff));
    expect(await identity()).not.toBe(first);
  });

  it('with a damaged picture is refused by file', async () => {
    await writeFile(join(folder, 'dogs', 'b.png'), 'not a picture');
    await expect(loadImageFolder({ folder, side: 4, channels: 1 })).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/dogs.b\.png: is no PNG or JPEG picture.*save it again/),
    });
  });

  it.each([
    ['no folder', 'nowhere', /nowhere: cannot be read/],
    ['no class', 'dogs', /dogs: has 0 subfolders, but each class needs one/],
  ])('that is %s is refused with what is needed', async (_, below, message) => {
    const load = loadImageFolder({ folder: join(folder, below), side: 4, channels: 1 });
    await expect(load).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(message),
    });
  });

  it('with an empty class is refused', async () => {
    await mkdir(join(folder, 'birds'));
    const load = loadImageFolder({ folder, side: 4, channels: 1 });
    await expect(load).rejects.toThrow(/birds: holds no picture/);
  });
});
