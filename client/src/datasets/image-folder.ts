/**
 * A folder of images by class: each subfolder is a class, named by it, and the PNG and JPEG files in
 * it are its samples. Where a class has subfolders of its own, each holds the pictures of one owner,
 * such as a writer: the same name is the same owner in every class. Pictures are scaled to a square, transparent ones on white. Decoding and
 * scaling are integer or exactly ordered work in JavaScript: the same pixels on every machine.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { createJimp } from '@jimp/core';
import jpeg from '@jimp/js-jpeg';
import png from '@jimp/js-png';
import { methods as resizing } from '@jimp/plugin-resize';
import type { ImageDataset } from './dataset.js';
import { nameOfPath } from './path-name.js';

const Jimp = createJimp({ formats: [png, jpeg], plugins: [resizing] });
const PICTURE = /\.(png|jpe?g)$/i;

export interface ImageFolderOptions {
  readonly folder: string;
  /** Width and height that every picture is scaled to, in pixels. */
  readonly side: number;
  /** 1: gray (ITU-R BT.601 luma); 3: red, green, blue. */
  readonly channels: 1 | 3;
}

/**
 * Reads all pictures, classes and files in the order of their names.
 * @throws FederationError `dataset-missing` if there are not two classes with pictures, `file-corrupt`
 *   naming a picture that cannot be decoded
 */
export async function loadImageFolder(options: ImageFolderOptions): Promise<ImageDataset> {
  const { folder, side, channels } = options;
  const classes = await subfolders(folder);
  const files: string[] = [];
  const labels: number[] = [];
  const owners: string[] = [];
  for (const [label, name] of classes.entries()) {
    for (const { file, owner } of await picturesIn(join(folder, name))) {
      files.push(file);
      labels.push(label);
      owners.push(owner);
    }
  }
  const size = side * side * channels;
  const pixels = new Uint8Array(files.length * size);
  for (const [i, file] of files.entries()) {
    pixels.set(await readPicture(file, side, channels), i * size);
  }
  const description = JSON.stringify({ side, channels, classes, labels });
  return {
    name: nameOfPath(folder),
    images: { count: files.length, width: side, height: side, channels, pixels },
    labels: Int32Array.from(labels),
    ...(owners.some((owner) => owner !== '') && { owners: numbered(owners) }),
    classes,
    sha256: createHash('sha256').update(description).update(pixels).digest('hex'),
  };
}

async function subfolders(folder: string): Promise<string[]> {
  const names = await foldersIn(folder).catch((cause) => {
    throw missing(`${folder}: cannot be read; name a folder`, cause);
  });
  if (names.length < 2) {
    throw missing(
      `${folder}: has ${names.length} subfolders, but each class needs one; name a folder`,
    );
  }
  return names;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

interface Picture {
  readonly file: string;
  /** Name of its folder in that of its class; empty where it lies there itself. */
  readonly owner: string;
}

async function picturesIn(folder: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const owner of ['', ...(await foldersIn(folder))]) {
    const names = await readdir(join(folder, owner));
    for (const name of names.filter((each) => PICTURE.test(each)).sort()) {
      pictures.push({ file: join(folder, owner, name), owner });
    }
  }
  if (pictures.length === 0) throw missing(`${folder}: holds no picture; name a folder`);
  return pictures;
}

/** A number for each name, in their order; pictures beside the owners' folders are one owner's. */
function numbered(owners: readonly string[]): Int32Array {
  const numbers = new Map([...new Set(owners)].sort().map((name, number) => [name, number]));
  return Int32Array.from(owners, (name) => numbers.get(name) ?? 0);
}

async function readPicture(path: string, side: number, channels: 1 | 3): Promise<Uint8Array> {
  const bytes = await readFile(path);
  let rgba: Uint8Array;
  try {
    const picture = await Jimp.fromBuffer(bytes);
    rgba = picture.resize({ w: side, h: side }).bitmap.data;
  } catch (cause) {
    throw new FederationError(
      'file-corrupt',
      `${path}: is no PNG or JPEG picture, or damaged; save it again or take it out of the folder`,
      { cause },
    );
  }
  return channels === 3 ? colors(rgba) : gray(colors(rgba));
}

/** Laid on white: a value a color. */
function colors(rgba: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    const alpha = rgba[4 * pixel + 3];
    for (let channel = 0; channel < 3; channel++) {
      const laid = rgba[4 * pixel + channel] * alpha + 255 * (255 - alpha);
      pixels[3 * pixel + channel] = Math.round(laid / 255);
    }
  }
  return pixels;
}

/** Luma of ITU-R BT.601 in 1/256. */
function gray(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: rgb.length / 3 },
    (_, i) => (77 * rgb[3 * i] + 150 * rgb[3 * i + 1] + 29 * rgb[3 * i + 2] + 128) >> 8,
  );
}

function missing(what: string, cause?: unknown): FederationError {
  return new FederationError(
    'dataset-missing',
    `${what} with a subfolder of PNG or JPEG files for each class`,
    { cause },
  );
}
