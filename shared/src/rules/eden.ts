/**
 * eden: one-bit mean estimation by random rotation, DRIVE (Vargaftik et al., arXiv 2105.08339) with
 * the unbiased scale, which is EDEN (arXiv 2108.08842) at one bit.
 *
 *   d  = local − global, in blocks of 4096 (the last padded to a power of two)
 *   y  = H·D·d: random signs D from the client's salt, then a Hadamard matrix H of ±1
 *   up: sign(y), one bit a coordinate, and the scale s = ‖d‖₂² / ‖y‖₁ of every block
 *   d̂  = s · D·H·sign(y): E[d̂] = d (the rotation is H·D / √m; its two factors √m cancel)
 *   h ← clip(h + η₀ · mean(d̂));  down: the new latents, f32: 32 bits a parameter
 *
 * Up: u32 salt, one f32 a block, the signs as bits, padding included. A latent's drift is at most 2,
 * so no scale is above 2 (s ≤ ‖d‖₂ / √m), and no estimate counts beyond ±2. Estimates are rounded to 2⁻²⁴
 * before they are summed, so that the sums are exact in any order; the rotation is f64 arithmetic in
 * a fixed order.
 */
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { SettingsOf } from '../task/rule-settings.js';
import { fedavg } from './fedavg.js';
import { latentBytes, writeUnits } from './float-latents.js';
import type { Rule } from './rule.js';

const ONE = 16_777_216;
const BLOCK = 4096;
const SALT = 4;
/** Largest drift of a latent in [−1, 1]. */
const MOST_DRIFT = 2;

/** One bit a parameter up, latents down. */
export function eden(settings: SettingsOf<'eden'>): Rule {
  return {
    kind: 'eden',
    id: 6,
    fraction: 24,
    averages: 'drifts',
    updateBytes: (parameters) => layoutOf(parameters).bytes,
    stepBytes: latentBytes,
    entropyCoded: { update: false, step: false },

    encode(local, global, _context, clientSeed) {
      const { blocks, signs, bytes } = layoutOf(local.length);
      const payload = new Uint8Array(bytes);
      const view = new DataView(payload.buffer);
      const salt = new Random(deriveSeed(clientSeed, 'rotation')).uint32();
      view.setUint32(0, salt, true);
      const random = rotationOf(salt);
      let bit = 8 * signs;
      blocks.forEach(({ start, length, padded }, b) => {
        const drift = new Float64Array(padded);
        for (let i = 0; i < length; i++) {
          drift[i] = local[start + i] - global.latents[start + i] / ONE;
        }
        const energy = drift.reduce((sum, value) => sum + value * value, 0);
        flipSigns(drift, random);
        hadamard(drift);
        const norm = drift.reduce((sum, value) => sum + Math.abs(value), 0);
        view.setFloat32(SALT + 4 * b, norm === 0 ? 0 : energy / norm, true);
        for (let i = 0; i < padded; i++, bit++) {
          if (drift[i] >= 0) payload[bit >> 3] |= 1 << (bit & 7);
        }
      });
      return payload;
    },

    check(payload, { parameters }) {
      scalesOf(payload, parameters);
    },

    tally(payloads, { parameters }) {
      const sums = new Float64Array(parameters);
      let count = 0;
      for (const payload of payloads) {
        addEstimate(payload, sums);
        count++;
      }
      return { count, sums };
    },

    merge: fedavg.merge,

    apply(global, { sums, count }) {
      if (count === 0) throw new RangeError('eden: a mean of no updates');
      return writeUnits(
        Array.from(sums, (sum, i) => {
          const moved = global.latents[i] + Math.round((settings.serverStep * sum) / count);
          return Math.max(-ONE, Math.min(ONE, moved));
        }),
      );
    },

    advance: fedavg.advance,
  };
}

interface Block {
  readonly start: number;
  readonly length: number;
  /** The power of two that holds it; at least 8, so that blocks begin at whole bytes. */
  readonly padded: number;
}

function layoutOf(parameters: number) {
  const blocks: Block[] = [];
  for (let start = 0; start < parameters; start += BLOCK) {
    const length = Math.min(BLOCK, parameters - start);
    blocks.push({ start, length, padded: Math.max(8, 1 << (32 - Math.clz32(length - 1))) });
  }
  const signs = SALT + 4 * blocks.length;
  const bits = blocks.reduce((sum, { padded }) => sum + padded, 0);
  return { blocks, signs, bytes: signs + bits / 8 };
}

function scalesOf(payload: Uint8Array, parameters: number): Float64Array {
  const { blocks } = layoutOf(parameters);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Float64Array.from(blocks, ({ padded }, b) => {
    const scale = view.getFloat32(SALT + 4 * b, true);
    if (scale >= 0 && scale <= MOST_DRIFT * (1 + 2 ** -20)) return scale;
    throw new FederationError(
      'frame-corrupt',
      `eden: the scale of block ${b} of ${padded} is ${scale}, outside 0…${MOST_DRIFT}; encode the update again`,
    );
  });
}

/** Adds a client's estimate d̂ in units of 2⁻²⁴. */
function addEstimate(payload: Uint8Array, sums: Float64Array): void {
  const scales = scalesOf(payload, sums.length);
  const { blocks, signs } = layoutOf(sums.length);
  const salt = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  const random = rotationOf(salt);
  let bit = 8 * signs;
  blocks.forEach(({ start, length, padded }, b) => {
    const estimate = new Float64Array(padded);
    for (let i = 0; i < padded; i++, bit++) {
      estimate[i] = (payload[bit >> 3] >> (bit & 7)) & 1 ? 1 : -1;
    }
    hadamard(estimate);
    flipSigns(estimate, random);
    for (let i = 0; i < length; i++) {
      const value = Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, scales[b] * estimate[i]));
      sums[start + i] += Math.round(value * ONE);
    }
  });
}

function rotationOf(salt: number): Random {
  return new Random(deriveSeed(salt, 'eden-signs'));
}

/** D: a random sign a coordinate, 32 from a draw. */
function flipSigns(values: Float64Array, random: Random): void {
  let word = 0;
  for (let i = 0; i < values.length; i++) {
    word = (i & 31) === 0 ? random.uint32() | 0 : word << 1;
    if (word < 0) values[i] = -values[i];
  }
}

/** H·x in place: the Walsh–Hadamard transform, in butterflies. */
function hadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = values[i];
        const b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}
