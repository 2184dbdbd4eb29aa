/**
 * fedavg: federated averaging (McMahan et al., arXiv 1602.05629) of fp32 latents, the 32-bit
 * baseline of the same head.
 *
 *   up: the client's latents, f32; down: the new global latents, f32
 *   h_i ← mean over clients of round(local_i · 2²⁴), half away from zero
 *
 * Sums are exact integers, so the mean does not depend on the order of the clients; a latent with 24
 * fractional bits is exact in f32.
 */
import { FederationError } from '../protocol/errors.js';
import type { RoundContext, Rule } from './rule.js';

const ONE = 2 ** 24;
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
    readUnits(payload, context, () => {});
  },

  tally(payloads, context) {
    const sums = new Float64Array(context.parameters);
    let count = 0;
    for (const payload of payloads) {
      readUnits(payload, context, (i, units) => {
        sums[i] += units;
      });
      count++;
    }
    return { count, sums };
  },

  merge(a, b) {
    return {
      count: a.count + b.count,
      sums: Float64Array.from(a.sums, (sum, i) => sum + b.sums[i]),
    };
  },

  apply(_global, tally) {
    const { sums, count } = tally;
    if (count === 0) throw new RangeError('fedavg: a mean of no updates');
    return writeFloats(Float32Array.from(sums, (sum) => roundedMean(sum, count) / ONE));
  },

  advance(_global, step, context) {
    const latents = new Int32Array(context.parameters);
    readUnits(step, context, (i, units) => {
      latents[i] = units;
    });
    return { round: context.round, fraction: 24, latents };
  },
};

/** sum / count to the nearest integer, halves away from zero: integer arithmetic, exact. */
function roundedMean(sum: number, count: number): number {
  const size = Math.abs(sum);
  const rest = size % count;
  const mean = (size - rest) / count + (2 * rest >= count ? 1 : 0);
  return sum < 0 ? 0 - mean : mean; // never −0: one value, one encoding
}

function writeFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(bytesFor(values.length));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/** Each f32 latent as an integer of 2⁻²⁴, halves away from zero (a power-of-two product is exact). */
function readUnits(
  payload: Uint8Array,
  { parameters }: RoundContext,
  take: (i: number, units: number) => void,
): void {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let i = 0; i < parameters; i++) {
    const value = view.getFloat32(4 * i, true);
    if (!(Math.abs(value) <= 1)) {
      throw new FederationError(
        'frame-corrupt',
        `${Number.isNaN(value) ? `NaN in latent ${i}` : `latent ${i} is ${value}`}, but a latent is a number in [−1, 1]; train again from the current model`,
      );
    }
    const units = Math.floor(Math.abs(value) * ONE + 0.5);
    take(i, value < 0 ? -units : units);
  }
}
