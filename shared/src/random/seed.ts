/**
 * Seeds form a tree: every use of randomness has its own path from the seed of the task or run, so
 * that no use can disturb another and all can be reproduced in any order, on any worker.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** 128 bits as 32 lower-case hexadecimal digits. */
export type Seed = string;

/**
 * The seed at `path` below `parent`: the first 128 bits of SHA-256 over the JSON array
 * `[parent, …path]` (unambiguous, since JSON quotes and separates).
 * @param parent a seed, or the integer that a user typed
 */
export function deriveSeed(parent: Seed | number, ...path: readonly (string | number)[]): Seed {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([parent, ...path]))).subarray(0, 16));
}
