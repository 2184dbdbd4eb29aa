/** From valid inputs to hostile ones: seeded, so that a run can be played again. */
import type { Random } from '../random/random.js';
import type { FuzzTarget } from './target.js';

/** Largest input that is made; what is longer is cut. Bytes. */
export const LONGEST_INPUT = 8192;

/** What lengths and counts go wrong with. */
const NUMBERS = [
  ...[0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256],
  ...[1000, 4095, 4096, 4097, 32_767, 32_768, 65_535, 65_536, 65_537, 0xff_ffff, 0x100_0000],
  ...[0x100_0001, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff],
];

type Mutation = (bytes: Uint8Array, random: Random, target: FuzzTarget) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  setBytes,
  truncate,
  extend,
  splice,
  cutOut,
  repeatPart,
  editField,
  editField,
  writeNumber,
];
const TEXT_MUTATIONS: readonly Mutation[] = [...MUTATIONS, putToken, putToken, editDigits];

/**
 * An input of a target: one of its corpus, changed in one to four places, or, one in 32, any bytes.
 * Where the target has a checksum, three of four inputs have one that fits.
 */
export function hostileInput(target: FuzzTarget, random: Random): Uint8Array {
  const { corpus, seal, tokens } = target;
  const start = corpus[random.below(corpus.length)];
  if (random.below(32) === 0) return noise(start, random);
  const mutations = tokens === undefined ? MUTATIONS : TEXT_MUTATIONS;
  let bytes: Uint8Array = start.slice();
  for (let left = 1 + random.below(4); left > 0; left--) {
    bytes = mutations[random.below(mutations.length)](bytes, random, target);
  }
  if (bytes.length > LONGEST_INPUT) bytes = bytes.slice(0, LONGEST_INPUT);
  if (seal !== undefined && random.below(4) > 0) seal(bytes);
  return bytes;
}

/** Any bytes, perhaps behind a good beginning. */
function noise(start: Uint8Array, random: Random): Uint8Array {
  const bytes = randomBytes(random.below(random.below(8) === 0 ? 2048 : 128), random);
  bytes.set(start.subarray(0, Math.min(bytes.length, random.below(24))));
  return bytes;
}

function randomBytes(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = random.uint32() >>> 24;
  return bytes;
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes;
  for (let left = 1 + random.below(8); left > 0; left--) {
    const bit = random.below(8 * bytes.length);
    bytes[bit >> 3] ^= 1 << (bit & 7);
  }
  return bytes;
}

function setBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const choices = [0, 0xff, 0x80, 0x7f, random.uint32() >>> 24];
  const value = choices[random.below(choices.length)];
  return bytes.fill(value, at, at + 1 + random.below(random.below(4) === 0 ? 64 : 4));
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  const least = random.below(2) === 0 ? 0 : Math.max(0, bytes.length - 8);
  return bytes.slice(0, least + random.below(bytes.length - least + 1));
}

function extend(bytes: Uint8Array, random: Random): Uint8Array {
  const more = randomBytes(1 + random.below(random.below(8) === 0 ? 1024 : 16), random);
  return joined(bytes, random.below(2) === 0 ? more : more.fill(0));
}

/** The beginning of one input and the end of another. */
function splice(bytes: Uint8Array, random: Random, { corpus }: FuzzTarget): Uint8Array {
  const other = corpus[random.below(corpus.length)];
  const cut = random.below(bytes.length + 1);
  const aligned = random.below(2) === 0 ? cut : random.below(other.length + 1);
  return joined(bytes.subarray(0, cut), other.subarray(Math.min(other.length, aligned)));
}

function cutOut(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(32)));
}

function repeatPart(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const part = bytes.subarray(at, at + 1 + random.below(64));
  return joined(joined(bytes.subarray(0, at), part), bytes.subarray(at));
}

/** A length or a count becomes 0, 1, the most, or one more or less than it was. */
function editField(bytes: Uint8Array, random: Random, target: FuzzTarget): Uint8Array {
  const { fields } = target;
  if (fields === undefined) return writeNumber(bytes, random);
  const at = fields[random.below(fields.length)];
  const width = [1, 2, 4, 4][random.below(4)];
  if (at + width > bytes.length) return bytes;
  let was = 0;
  for (let i = 0; i < width; i++) was += bytes[at + i] * 256 ** i;
  const near = [was - 1, was + 1, 2 * was, 0, 1, 0xffff_ffff];
  const choice = random.below(near.length + 2);
  write(bytes, at, width, near[choice] ?? NUMBERS[random.below(NUMBERS.length)]);
  return bytes;
}

function writeNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const width = [1, 2, 4][random.below(3)];
  if (bytes.length < width) return bytes;
  const at = random.below(bytes.length - width + 1);
  write(bytes, at, width, NUMBERS[random.below(NUMBERS.length)]);
  return bytes;
}

function write(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let i = 0, left = value >>> 0; i < width; i++, left >>>= 8) bytes[at + i] = left & 0xff;
}

function putToken(bytes: Uint8Array, random: Random, { tokens = [''] }: FuzzTarget): Uint8Array {
  const token = new TextEncoder().encode(tokens[random.below(tokens.length)]);
  const at = random.below(bytes.length + 1);
  const replaced = random.below(2) === 0 ? 0 : random.below(16);
  return joined(joined(bytes.subarray(0, at), token), bytes.subarray(at + replaced));
}

/** A number in a text becomes another. */
function editDigits(bytes: Uint8Array, random: Random): Uint8Array {
  const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
  let from = bytes.findIndex((byte, i) => isDigit(byte) && i >= random.below(bytes.length));
  if (from < 0) return bytes;
  while (from > 0 && isDigit(bytes[from - 1])) from--;
  let to = from;
  while (to < bytes.length && isDigit(bytes[to])) to++;
  const number = new TextEncoder().encode(String(NUMBERS[random.below(NUMBERS.length)]));
  return joined(joined(bytes.subarray(0, from), number), bytes.subarray(to));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
