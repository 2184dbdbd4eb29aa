/** Latents as f32 payloads, exact to 2⁻²⁴: what the 32-bit rules send. */
import { FederationError } from '../protocol/errors.js';

/** A latent of 1 in fixed point. */
const ONE = 16_777_216;

/** Bytes of so many latents. */
export const latentBytes = (parameters: number) => 4 * parameters;

/** The values as f32, little-endian. */
export function writeLatents(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(latentBytes(values.length));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/** Integers of 2⁻²⁴ in [−2²⁴, 2²⁴] as f32 latents: exact. */
export function writeUnits(units: ArrayLike<number>): Uint8Array {
  return writeLatents(Float32Array.from(units, (unit) => unit / ONE));
}

/**
 * A payload's latents as integers of 2⁻²⁴ (the product with a power of two is exact), to the nearest,
 * halves away from zero.
 * @throws FederationError `frame-corrupt` naming the first that is no number in [−1, 1]
 */
export function readUnits(payload: Uint8Array, parameters: number): Int32Array {
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
