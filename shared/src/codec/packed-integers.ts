/**
 * Integers of a fixed number of bits, one after the other, least significant bit first, unused bits
 * of the last byte 0. Signed ones are shifted to be ≥ 0: code = value + 2^(bits − 1) − 1; the one
 * code that is left over, 2^bits − 1, is never written.
 */
import { powerOfTwo } from '../kernels/math.js';
import { FederationError } from '../protocol/errors.js';

/** How the integers are written: 1 to 32 bits each, signed ones in ±(2^(bits − 1) − 1). */
export interface IntegerFormat {
  readonly bits: number;
  readonly signed: boolean;
}

/** The largest integer of a format; the lowest is 0, or its negative. */
export function largestInteger({ bits, signed }: IntegerFormat): number {
  return powerOfTwo(signed ? bits - 1 : bits) - 1;
}

/** Bytes of `count` integers. */
export function packedBytes(count: number, { bits }: IntegerFormat): number {
  return Math.ceil((count * bits) / 8);
}

/** Writes integers, which are trusted to be in range, from the first byte of `bytes` on. */
export function packIntegers(values: Float64Array, format: IntegerFormat, bytes: Uint8Array): void {
  const { bits, signed } = format;
  const shift = signed ? largestInteger(format) : 0;
  let byte = 0;
  let used = 0;
  for (const value of values) {
    let code = value + shift;
    for (let left = bits; left > 0; ) {
      const taken = Math.min(8 - used, left);
      const range = 1 << taken;
      bytes[byte] |= (code % range) << used;
      code = Math.floor(code / range);
      left -= taken;
      used += taken;
      if (used === 8) {
        byte++;
        used = 0;
      }
    }
  }
}

/**
 * Reads as many integers as `values` holds.
 * @param what names them in errors
 * @throws FederationError `frame-corrupt` for the code that is never written, or bits after the last
 */
export function unpackIntegers(
  bytes: Uint8Array,
  format: IntegerFormat,
  values: Float64Array,
  what: string,
): void {
  const { bits, signed } = format;
  const largest = largestInteger(format);
  const shift = signed ? largest : 0;
  let byte = 0;
  let used = 0;
  for (let i = 0; i < values.length; i++) {
    let code = 0;
    let place = 1;
    for (let left = bits; left > 0; ) {
      const taken = Math.min(8 - used, left);
      const range = 1 << taken;
      code += ((bytes[byte] >> used) & (range - 1)) * place;
      place *= range;
      left -= taken;
      used += taken;
      if (used === 8) {
        byte++;
        used = 0;
      }
    }
    values[i] = code - shift;
    if (values[i] > largest) refuse(`${what} ${i} is beyond ±${largest}`);
  }
  if (used > 0 && bytes[byte] >> used !== 0) refuse(`bits after the last ${what} are set`);
}

function refuse(message: string): never {
  throw new FederationError('frame-corrupt', `${message}; encode it again`);
}
