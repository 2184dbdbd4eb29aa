/**
 * fedavg: federated averaging (McMahan et al., arXiv 1602.05629) of fp32 latents, the 32-bit
 * baseline of the same head. Unweighted: one client, one voice, as with votes.
 *
 *   up: the client's latents, f32; down: the new global latents, f32
 *   u_i = local_i · 2²⁴ to the nearest integer, halves away from zero
 *   h_i ← mean over clients of u_i, to the nearest integer, halves away from zero; in units of 2⁻²⁴
 *
 * Sums are exact integers, so the mean does not depend on the order of the clients; a latent with 24
 * fractional bits is exact in f32, so the step loses nothing.
 */
import { latentBytes, readUnits, writeLatents, writeUnits } from './float-latents.js';
import type { Rule } from './rule.js';

export const fedavg: Rule = {
  kind: 'fedavg',
  id: 2,
  fraction: 24,
  averages: 'latents',
  updateBytes: latentBytes,
  stepBytes: latentBytes,
  entropyCoded: { update: false, step: false },

  encode(local) {
    return writeLatents(local);
  },

  check(payload, context) {
    readUnits(payload, context.parameters);
  },

  tally(payloads, context) {
    const sums = new Float64Array(context.parameters);
    let count = 0;
    for (const payload of payloads) {
      const units = readUnits(payload, context.parameters);
      for (let i = 0; i < sums.length; i++) sums[i] += units[i];
      count++;
    }
    return { count, sums };
  },

  merge(a, b) {
    const sums = Float64Array.from(a.sums);
    for (let i = 0; i < sums.length; i++) sums[i] += b.sums[i];
    return { count: a.count + b.count, sums };
  },

  apply(_global, { sums, count }) {
    if (count === 0) throw new RangeError('fedavg: a mean of no updates');
    return writeUnits(Array.from(sums, (sum) => roundedMean(sum, count)));
  },

  advance(_global, step, context) {
    return { round: context.round, fraction: 24, latents: readUnits(step, context.parameters) };
  },
};

/**
 * sum / count to the nearest integer, halves away from zero. `Math.round` of the f64 quotient is
 * exact: halves are exact quotients, and a quotient that is none lies at least 1 / (2 · count) from
 * one, more than its rounding of 2⁻²⁹, for |sum| ≤ 2²⁴ · count and fewer than 2²⁷ updates.
 */
function roundedMean(sum: number, count: number): number {
  const mean = Math.round(Math.abs(sum) / count);
  return sum < 0 ? 0 - mean : mean; // never −0, which has other bytes than 0
}
