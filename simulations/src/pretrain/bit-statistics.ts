/** How good latent bits are as inputs: each should be set about half of the time, and tell its own. */
import type { BitMatrix } from '@fedhybnn/shared';
import { NEAR_CONSTANT } from '@fedhybnn/shared';

export interface BitStatistics {
  /** Mean entropy of a bit, in bits, at most 1. */
  readonly entropyPerBit: number;
  /** Of the bit that has least. */
  readonly entropyLeast: number;
  /** Mean |Pearson correlation| over all pairs of bits that vary. */
  readonly correlationMean: number;
  /** Of the pair that has most. */
  readonly correlationMost: number;
  /** Share of the bits that are set, or clear, in less than 2 % of the samples. */
  readonly nearConstant: number;
}

/** @param bits [samples][bits] */
export function bitStatistics(bits: BitMatrix): BitStatistics {
  const columns = Array.from({ length: bits.cols }, (_, c) => columnOf(bits, c));
  const shares = columns.map((column) => popcount(column, column) / bits.rows);
  const entropies = shares.map(entropy);
  const near = shares.filter((share) => share < NEAR_CONSTANT || share > 1 - NEAR_CONSTANT);
  const varying = columns.flatMap((column, c) =>
    shares[c] > 0 && shares[c] < 1 ? [{ column, share: shares[c] }] : [],
  );
  let sum = 0;
  let most = 0;
  for (let i = 0; i < varying.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [varying[i], varying[j]];
      const both = popcount(a.column, b.column) / bits.rows;
      const deviations = Math.sqrt(a.share * (1 - a.share) * b.share * (1 - b.share));
      const correlation = Math.abs(both - a.share * b.share) / deviations;
      sum += correlation;
      most = Math.max(most, correlation);
    }
  }
  const pairs = (varying.length * (varying.length - 1)) / 2;
  return {
    entropyPerBit: entropies.reduce((a, b) => a + b, 0) / bits.cols,
    entropyLeast: Math.min(...entropies),
    correlationMean: pairs === 0 ? 0 : sum / pairs,
    correlationMost: most,
    nearConstant: near.length / bits.cols,
  };
}

/** Of a bit that is set with probability p, in bits. For display only. */
export function entropy(p: number): number {
  return p === 0 || p === 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}

/** A bit's value in every sample, 32 samples a word. */
function columnOf(bits: BitMatrix, column: number): Uint32Array {
  const words = new Uint32Array((bits.rows + 31) >> 5);
  for (let row = 0; row < bits.rows; row++) {
    if (bits.get(row, column)) words[row >> 5] |= 1 << (row & 31);
  }
  return words;
}

/** Set bits of a AND b, words counted side by side (Warren, Hacker's Delight, §5-1). */
function popcount(a: Uint32Array, b: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    let v = a[i] & b[i];
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    v = (v + (v >>> 4)) & 0x0f0f0f0f;
    sum += Math.imul(v, 0x01010101) >>> 24;
  }
  return sum;
}
