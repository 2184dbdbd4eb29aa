/**
 * From feature values on public images to bits: one threshold a feature, at its median, and the
 * choice of the features that become bits.
 */
import { toFixedPoint } from '../extractor/patches.js';
import { powerOfTwo } from '../kernels/math.js';
import { FederationError } from '../protocol/errors.js';
import type { Random } from '../random/random.js';

/** One feature's threshold and how its bit behaves on the sample. */
export interface FittedFeature {
  /** In 2^−fractionBits, from 1. */
  readonly threshold: number;
  /** Share of the sample whose bit is set. */
  readonly share: number;
  /** Share of the sample within one quantum of the threshold, exact zeros aside. */
  readonly guarded: number;
}

/** A blank cell's feature is 0: no threshold is lower than this, so that its bit stays clear. */
const LOWEST_THRESHOLD = 1e-4;
/** A bit that is set (or clear) more rarely than this is near-constant. */
export const NEAR_CONSTANT = 0.02;

/** The lowest threshold in fixed point, from 1. */
export function lowestThreshold(fractionBits: number): number {
  return Math.max(1, toFixedPoint(LOWEST_THRESHOLD, fractionBits));
}

/** The finest fixed point that holds the largest value in 16 bits. */
export function chooseFractionBits(largest: number): number {
  let bits = 0;
  while (bits < 24 && largest * powerOfTwo(bits + 1) <= 65_535) bits++;
  return bits;
}

/**
 * The threshold of one feature: the median of its values in fixed point.
 * @param values of all images of the sample, ≥ 0; not changed
 */
export function fitThreshold(values: Float32Array, fractionBits: number): FittedFeature {
  const fixed = Uint16Array.from(values, (value) => toFixedPoint(value, fractionBits)).sort();
  const count = fixed.length;
  const threshold = Math.max(lowestThreshold(fractionBits), fixed[count >> 1]);
  let set = 0;
  let guarded = 0;
  for (const value of fixed) {
    if (value >= threshold) set++;
    // A zero is the rectifier's and exact on every backend.
    if (value !== 0 && Math.abs(value - threshold) <= 1) guarded++;
  }
  return { threshold, share: set / count, guarded: guarded / count };
}

/**
 * Which features become bits, ascending: near-constant ones are dropped, then the most balanced are
 * taken, with chance between equals (so that no corner of the grid is favored).
 * @throws FederationError `bad-request` if too few features vary
 */
export function selectFeatures(
  fitted: readonly FittedFeature[],
  bits: number,
  random: Random,
): number[] {
  const varying = Uint32Array.from(fitted.keys()).filter((f) => {
    const { share } = fitted[f];
    return share >= NEAR_CONSTANT && share <= 1 - NEAR_CONSTANT;
  });
  if (varying.length < bits) {
    throw new FederationError(
      'bad-request',
      `only ${varying.length} of ${fitted.length} features vary, fewer than ${bits} bits; raise --filters or --grid, or lower --bits`,
    );
  }
  const imbalance = (f: number) => Math.abs(fitted[f].share - 0.5);
  // The sort is stable: the shuffle decides between equals.
  const ranked = random.shuffle([...varying]).sort((a, b) => imbalance(a) - imbalance(b));
  return ranked.slice(0, bits).sort((a, b) => a - b);
}
