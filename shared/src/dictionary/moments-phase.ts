/**
 * The first round of a dictionary federation: second moments of patches, for the whitening.
 *
 * A client's update is i32[1 + n(n+1)/2]: how many patches, then Σ qᵢ·qⱼ for i ≤ j over its patches
 * q = round(2¹⁰ · p), where p has a norm below 1. So |Σ qᵢ·qⱼ| ≤ patches · (2¹⁰ + √n/2)² < 2³¹.
 */
import { WHITENING_EPSILON } from './fold-whitening.js';
import { whiteningOf } from './whitening.js';

const SCALE = 1024;
/** Steps of a whitening's entries, which are at most 1/√ε = 10. */
const WHITENING_SCALE = 65_536;

/** Numbers in an update. */
export function momentsLength(n: number): number {
  return 1 + (n * (n + 1)) / 2;
}

/** @param patches [count][n], of norm below 1 */
export function momentsUpdate(patches: Float64Array, n: number): Int32Array {
  const update = new Int32Array(momentsLength(n));
  update[0] = patches.length / n;
  const rounded = Int32Array.from(patches, (value) => Math.round(SCALE * value));
  for (let row = 0; row < rounded.length; row += n) {
    let at = 1;
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) update[at++] += rounded[row + i] * rounded[row + j];
    }
  }
  return update;
}

/** What is wrong with an update, or undefined. */
export function momentsProblem(update: Int32Array, n: number, patches: number): string | undefined {
  const [count] = update;
  if (count < 1 || count > patches) return `it counts ${count} patches, not 1 to ${patches}`;
  // Rounding adds at most ½ to each of n values.
  const most = count * (SCALE + Math.sqrt(n) / 2) * (SCALE + Math.sqrt(n) / 2);
  const at = update.findIndex((value, i) => i > 0 && Math.abs(value) > most);
  return at < 0 ? undefined : `number ${at} is ${update[at]}, beyond ±${Math.floor(most)}`;
}

/**
 * The whitening for summed updates, in integers for the way to the clients.
 * @param sums of the updates, each exact
 * @returns [n][n] in 2⁻¹⁶
 */
export function whiteningFrom(sums: Float64Array, n: number): Int32Array {
  const moments = new Float64Array(n * n);
  let at = 1;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      moments[i * n + j] = sums[at++] / (sums[0] * SCALE * SCALE);
      moments[j * n + i] = moments[i * n + j];
    }
  }
  const whitening = whiteningOf(moments, n, WHITENING_EPSILON);
  return Int32Array.from(whitening, (value) => Math.round(WHITENING_SCALE * value));
}

/** The whitening as numbers, from what {@link whiteningFrom} gave. */
export function whiteningValues(whitening: Int32Array): Float64Array {
  return Float64Array.from(whitening, (value) => value / WHITENING_SCALE);
}
