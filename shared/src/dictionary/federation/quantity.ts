/** Real sums as integers of a fixed size: value = integer · unit, and unit = limit / largest integer. */
import { largestInteger } from '../../codec/packed-integers.js';

/**
 * @param limit what no sum of one client exceeds
 * @param bits of a signed integer
 */
export function unitOf(limit: number, bits: number): number {
  return limit / largestInteger({ bits, signed: true });
}

/** The nearest integer, half up. */
export function toInteger(value: number, unit: number): number {
  return Math.floor(value / unit + 0.5);
}
