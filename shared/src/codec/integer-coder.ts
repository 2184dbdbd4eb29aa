/**
 * Small integers, entropy-coded: each value of [−limit, limit] is a path down a binary tree whose
 * branches have adaptive probabilities, so that the code learns the values' distribution. What does
 * not get smaller is packed instead, in ⌈log₂(2·limit + 1)⌉ bits a value: that bounds the length.
 *
 *   offset  size  field
 *        0     1  0 coded, 1 packed
 *        1        range-coded branches; or the values + limit, least significant bit first
 */
import { FederationError } from '../protocol/errors.js';
import { BitContexts, RangeDecoder, RangeEncoder } from './range-coder.js';

const CODED = 0;
const PACKED = 1;

const widthOf = (limit: number) => 32 - Math.clz32(2 * limit);
const packedBytes = (count: number, width: number) => Math.ceil((count * width) / 8);

/** The most bytes that `count` values of [−limit, limit] take. */
export function integersBytes(count: number, limit: number): number {
  return 1 + packedBytes(count, widthOf(limit));
}

/** @param limit from 1 to 32,767; no value is larger */
export function encodeIntegers(values: Int32Array, limit: number): Uint8Array {
  const width = widthOf(limit);
  const branches = new BitContexts(1 << width);
  const encoder = new RangeEncoder();
  for (const value of values) {
    const symbol = value + limit;
    for (let node = 1, level = width - 1; level >= 0; level--) {
      const bit = (symbol >> level) & 1;
      encoder.encode(branches, node, bit);
      node = 2 * node + bit;
    }
  }
  const coded = encoder.finish();
  const body = coded.length < packedBytes(values.length, width) ? coded : pack(values, limit);
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = body === coded ? CODED : PACKED;
  bytes.set(body, 1);
  return bytes;
}

/**
 * @param count how many values there must be
 * @throws FederationError `frame-corrupt` or `frame-truncated`
 */
export function decodeIntegers(bytes: Uint8Array, count: number, limit: number): Int32Array {
  const body = bytes.subarray(1);
  if (bytes[0] === CODED) return decodeBranches(body, count, limit);
  if (bytes[0] === PACKED && body.length === packedBytes(count, widthOf(limit))) {
    return unpack(body, count, limit);
  }
  throw corrupt('neither coded nor packed');
}

function decodeBranches(body: Uint8Array, count: number, limit: number): Int32Array {
  const width = widthOf(limit);
  const branches = new BitContexts(1 << width);
  const decoder = new RangeDecoder(body);
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let node = 1;
    for (let level = 0; level < width; level++) node = 2 * node + decoder.decode(branches, node);
    values[i] = checked(node - (1 << width), limit);
  }
  decoder.finish();
  return values;
}

function pack(values: Int32Array, limit: number): Uint8Array {
  const width = widthOf(limit);
  const body = new Uint8Array(packedBytes(values.length, width));
  for (let i = 0; i < values.length; i++) {
    const symbol = values[i] + limit;
    for (let b = 0, at = i * width; b < width; b++, at++) {
      body[at >> 3] |= ((symbol >> b) & 1) << (at & 7);
    }
  }
  return body;
}

function unpack(body: Uint8Array, count: number, limit: number): Int32Array {
  const width = widthOf(limit);
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let symbol = 0;
    for (let b = 0, at = i * width; b < width; b++, at++) {
      symbol |= ((body[at >> 3] >> (at & 7)) & 1) << b;
    }
    values[i] = checked(symbol, limit);
  }
  const used = (count * width) & 7;
  if (used > 0 && body[body.length - 1] >> used !== 0) throw corrupt('bits after the last value');
  return values;
}

function checked(symbol: number, limit: number): number {
  if (symbol > 2 * limit) throw corrupt(`a value above ${limit}`);
  return symbol - limit;
}

function corrupt(what: string): FederationError {
  return new FederationError('frame-corrupt', `entropy-coded integers: ${what}; encode them again`);
}
