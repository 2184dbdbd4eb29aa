/**
 * flip-vote: the drift quantized to three values by a seeded dither and a large step, as ternary
 * gradients are (TernGrad, Wen et al., arXiv 1705.07878; QSGD, Alistarh et al., arXiv 1610.02132),
 * and entropy-coded with what both ends know.
 *
 *   v_i    = uniform in [0, 1), from the round's seed and the client's salt: known to both ends
 *   q_i    = sign(d_i) where |d_i| > Δ_r · v_i, else 0;  d = local − global, Δ_r = Δ₀ · g_r
 *   S_i    = Σ q_i over the clients
 *   h_i   ← clip(h_i + η_r · S_i / clients),  η_r = η₀ · g_r, to the nearest unit of 2⁻¹⁵
 *
 * E[q_i] = d_i / Δ_r where |d_i| ≤ Δ_r, so η₀ = Δ₀ averages drifts without bias. Most q_i are 0, and
 * where v_i is large that is nearly certain: coded with the dither as context they cost next to
 * nothing.
 *
 * Up: u32 salt, then range-coded: is q_i ≠ 0 (context: dither, latent magnitude), and its sign
 * (context: latent sign). At most ρ · n of them may be other than 0, since one dense message would
 * outweigh ten sparse ones; a client whose drift is too large doubles its Δ until it fits.
 * Down: u16 clients, then the S_i, entropy-coded.
 */
import { decodeIntegers, encodeIntegers, integersBytes } from '../codec/integer-coder.js';
import { BitContexts, RangeDecoder, RangeEncoder } from '../codec/range-coder.js';
import { log } from '../kernels/math.js';
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { SettingsOf } from '../task/rule-settings.js';
import type { RoundContext, Rule } from './rule.js';
import { scheduleFactor } from './schedule.js';

const ONE = 32_768;
const LIMIT = 32_767;
/** Salt before an update, clients before a step. Bytes. */
const SALT = 4;
const COUNT = 2;
const MOST_CLIENTS = 0xffff >> 1;
/** Dithers are 16-bit integers. */
const DITHER = 65_536;
const DITHER_CONTEXTS = 33;
const MAGNITUDES = 4;
/** Bytes that the coder may take beyond the entropy: its start, its end and what it has to learn. */
const SLACK = 256;

/** The rule with its steps and its density cap. */
export function flipVote(settings: SettingsOf<'flip-vote'>): Rule {
  const { density } = settings;
  const updateBytes = (parameters: number) =>
    SALT + SLACK + Math.ceil((1.05 * parameters * ternaryEntropy(density)) / 8);
  const mostFlips = (parameters: number) => Math.ceil(density * parameters);

  const readFlips = (payload: Uint8Array, context: RoundContext) => {
    const { parameters } = context;
    if (payload.length < SALT) throw refused('has no salt');
    if (payload.length > updateBytes(parameters)) throw refused('is longer than the rule allows');
    const salt = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
    return decodeFlips(payload.subarray(SALT), ditherOf(context, salt), mostFlips(parameters));
  };

  return {
    kind: 'flip-vote',
    id: 4,
    fraction: 15,
    updateBytes,
    stepBytes: (parameters) => COUNT + integersBytes(parameters, MOST_CLIENTS),
    entropyCoded: { update: true, step: true },

    encode(local, global, context, clientSeed) {
      const salt = new Random(deriveSeed(clientSeed, 'dither')).uint32();
      const dither = ditherOf(context, salt);
      const drift = Float32Array.from(local, (value, i) => value - global.latents[i] / ONE);
      let step = settings.threshold * scheduleFactor(context.round, context.rounds);
      for (;;) {
        const flips = quantize(drift, dither, step);
        const coded = encodeFlips(flips, dither);
        const fits = SALT + coded.length <= updateBytes(drift.length);
        if (fits && countFlips(flips) <= mostFlips(drift.length)) return salted(salt, coded);
        step *= 2;
      }
    },

    check(payload, context) {
      readFlips(payload, context);
    },

    tally(payloads, context) {
      const sums = new Int32Array(context.parameters);
      let count = 0;
      for (const payload of payloads) {
        const flips = readFlips(payload, context);
        for (let i = 0; i < sums.length; i++) sums[i] += flips[i];
        count++;
      }
      return { count, sums };
    },

    merge(a, b) {
      const sums = Int32Array.from(a.sums);
      for (let i = 0; i < sums.length; i++) sums[i] += b.sums[i];
      return { count: a.count + b.count, sums };
    },

    apply(_global, { sums, count }) {
      if (count < 1 || count > MOST_CLIENTS) throw new RangeError(`flip-vote: ${count} updates`);
      const coded = encodeIntegers(Int32Array.from(sums), count);
      const bytes = new Uint8Array(COUNT + coded.length);
      new DataView(bytes.buffer).setUint16(0, count, true);
      bytes.set(coded, COUNT);
      return bytes;
    },

    advance(global, step, context) {
      const count = step.length < COUNT ? 0 : step[0] + 256 * step[1];
      if (count < 1 || count > MOST_CLIENTS) throw refused(`has the sum of ${count} clients`);
      const sums = decodeIntegers(step.subarray(COUNT), context.parameters, count);
      const reach = settings.serverStep * scheduleFactor(context.round, context.rounds) * ONE;
      const latents = Int16Array.from(global.latents, (latent, i) => {
        const moved = latent + Math.sign(sums[i]) * Math.round((reach * Math.abs(sums[i])) / count);
        return Math.max(-LIMIT, Math.min(LIMIT, moved));
      });
      return { round: context.round, fraction: 15, latents };
    },
  };
}

/** Bits a value of a source that is ±1 with probability ρ and else 0. */
function ternaryEntropy(density: number): number {
  const zero = 1 - density;
  return -(zero * log(zero) + density * log(density / 2)) / Math.LN2;
}

function ditherOf(context: RoundContext, salt: number): Uint16Array {
  const random = new Random(deriveSeed(context.seed, 'dither', salt));
  const dither = new Uint16Array(context.parameters);
  for (let i = 0; i < dither.length; i += 2) {
    const draw = random.uint32();
    dither[i] = draw >>> 16;
    if (i + 1 < dither.length) dither[i + 1] = draw;
  }
  return dither;
}

function quantize(drift: Float32Array, dither: Uint16Array, step: number): Int8Array {
  const flips = new Int8Array(drift.length);
  const scale = DITHER / step;
  for (let i = 0; i < flips.length; i++) {
    if (Math.abs(drift[i]) * scale > dither[i]) flips[i] = drift[i] < 0 ? -1 : 1;
  }
  return flips;
}

function countFlips(flips: Int8Array): number {
  let count = 0;
  for (const flip of flips) count += flip & 1;
  return count;
}

/** Adaptive probabilities of one message. */
class FlipContexts {
  readonly flipped = new BitContexts(DITHER_CONTEXTS * MAGNITUDES);
  readonly down = new BitContexts(2 * MAGNITUDES);
}

/** Half octaves of the dither: 0, then two for each power of two. */
function ditherBucket(dither: number): number {
  if (dither === 0) return 0;
  const octave = 31 - Math.clz32(dither);
  return 1 + 2 * octave + (octave === 0 ? 0 : (dither >> (octave - 1)) & 1);
}

function encodeFlips(flips: Int8Array, dither: Uint16Array): Uint8Array {
  const contexts = new FlipContexts();
  const encoder = new RangeEncoder();
  for (let i = 0; i < flips.length; i++) {
    const flipped = flips[i] & 1;
    encoder.encode(contexts.flipped, ditherBucket(dither[i]), flipped);
    if (flipped === 0) continue;
    encoder.encode(contexts.down, 0, flips[i] < 0 ? 1 : 0);
  }
  return encoder.finish();
}

function decodeFlips(coded: Uint8Array, dither: Uint16Array, most: number): Int8Array {
  const contexts = new FlipContexts();
  const decoder = new RangeDecoder(coded);
  const flips = new Int8Array(dither.length);
  let count = 0;
  for (let i = 0; i < flips.length; i++) {
    const bucket = ditherBucket(dither[i]);
    if (decoder.decode(contexts.flipped, bucket) === 0) continue;
    if (++count > most) throw refused(`has more than ${most} flips`);
    const down = decoder.decode(contexts.down, 0);
    flips[i] = down === 1 ? -1 : 1;
  }
  decoder.finish();
  return flips;
}

function salted(salt: number, coded: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SALT + coded.length);
  new DataView(bytes.buffer).setUint32(0, salt, true);
  bytes.set(coded, SALT);
  return bytes;
}

function refused(what: string): FederationError {
  return new FederationError('frame-corrupt', `the flip-vote payload ${what}; encode it again`);
}
