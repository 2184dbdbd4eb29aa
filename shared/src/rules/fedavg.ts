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
import { FederationError } from '../protocol/errors.js';
import type { RoundContext, Rule } from './rule.js';

const ONE = 16_777_216;
const bytesFor = (parameters: number) => 4 * parameters;

export const fedavg: Rule = {
  kind: 'fedavg',
  id: 2,
  fraction: 24,
  updateBytes: bytesFor,
  stepBytes: bytesFor,

  encode(local) {
    return writeFloats(local);
  },

  check(payload, context) {
    readUnits(payload, context);
  },

  tally(payloads, context) {
    const sums = new Float64Array(context.parameters);
    let count = 0;
    for (const payload of payloads) {
      const units = readUnits(payload, context);
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
    const latents = new Float32Array(sums.length);
    for (let i = 0; i < sums.length; i++) latents[i] = roundedMean(sums[i], count) / ONE;
    return writeFloats(latents);
  },

  advance(_global, step, context) {
    return { round: context.round, fraction: 24, latents: readUnits(step, context) };
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

function writeFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(bytesFor(values.length));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/** The f32 latents of a payload as integers of 2⁻²⁴ (the product with a power of two is exact). */
function readUnits(payload: Uint8Array, { parameters }: RoundContext): Int32Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const units = new Int32Array(parameters);
  for (let i = 0; i < parameters; i++) {
    const value = view.getFloat32(4 * i, true);
    if (!(Math.abs(value) <= 1)) throw outOfRange(i, value);
    const size = Math.floor(Math.abs(value) * ONE + 0.5);
    units[i] = value < 0 ? -size : size;
  }
  return units;
}

function outOfRange(i: number, value: number): FederationError {
  const what = Number.isNaN(value) ? `NaN in latent ${i}` : `latent ${i} is ${value}`;
  return new FederationError(
    'frame-corrupt',
    `${what}, but a latent is a number in [−1, 1]; train again from the current model`,
  );
}
