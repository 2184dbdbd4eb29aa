/**
 * sign-vote: signSGD with majority vote (Bernstein et al., arXiv 1810.05291), on latents.
 *
 *   vote_i = sign(local_i − global_i)      one bit a parameter up; ties by the client's coin
 *   S_i    = Σ votes
 *   step_i = sign(S_i)                     one bit a parameter down; ties by the round's coin
 *   h_i   ← clip(h_i + η_r · step_i),      η_r = max(1, round(η₀ · g_r · 2¹⁵)) fixed-point units
 *
 * Payloads hold parameter i as bit i % 8, least significant first, of byte i >> 3; a set bit is +1;
 * bits after the last parameter are 0. Coins: one stream for each payload, one draw for each tie in
 * parameter order, heads (+1) where the draw's top bit is set.
 */
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import type { GlobalModel, RoundContext, Rule, Tally } from './rule.js';
import { scheduleFactor } from './schedule.js';
import { VoteCounter } from './vote-counter.js';

/** A latent of 1 in fixed point: 2¹⁵, which int16 just misses. */
const ONE = 32_768;
const LIMIT = 32_767;
const bytesFor = (parameters: number) => (parameters + 7) >> 3;

export const signVote: Rule = {
  kind: 'sign-vote',
  id: 1,
  fraction: 15,
  updateBytes: bytesFor,
  stepBytes: bytesFor,

  encode(local: Float32Array, global: GlobalModel, _context: RoundContext, clientSeed: Seed) {
    const unit = 1 / ONE;
    // The sign of a difference of f32 numbers survives its rounding to f32.
    const drift = new Float32Array(local.length);
    for (let i = 0; i < drift.length; i++) drift[i] = local[i] - global.latents[i] * unit;
    return packSigns(new Int32Array(drift.buffer), deriveSeed(clientSeed, 'vote-coin'));
  },

  check(payload, { parameters }) {
    const unused = parameters % 8 === 0 ? 0 : 0xff & (0xff << (parameters % 8));
    if (payload[payload.length - 1] & unused) {
      throw new FederationError(
        'frame-corrupt',
        'bits after the last parameter are set; encode the signs again',
      );
    }
  },

  tally(payloads, context) {
    const votes = new VoteCounter(context.parameters);
    for (const payload of payloads) {
      signVote.check(payload, context);
      votes.add(payload);
    }
    return votes.tally();
  },

  merge(a, b) {
    const sums = Int32Array.from(a.sums);
    for (let i = 0; i < sums.length; i++) sums[i] += b.sums[i];
    return { count: a.count + b.count, sums };
  },

  apply(_global: GlobalModel, tally: Tally, context: RoundContext) {
    const sums = Int32Array.from(tally.sums);
    return packSigns(sums, deriveSeed(context.seed, 'step-coin'));
  },

  advance(global, step, context) {
    signVote.check(step, context);
    const distance = stepDistance(context);
    const latents = new Int16Array(global.latents.length);
    for (let i = 0; i < latents.length; i++) {
      const moved = global.latents[i] + ((step[i >> 3] >> (i & 7)) & 1 ? distance : -distance);
      latents[i] = Math.max(-LIMIT, Math.min(LIMIT, moved));
    }
    return { round: context.round, fraction: 15, latents };
  },
};

/** η_r in fixed-point units of 2⁻¹⁵. */
function stepDistance({ settings, round, rounds }: RoundContext): number {
  if (settings.kind !== 'sign-vote') throw new TypeError(`settings of ${settings.kind}`);
  return Math.max(1, Math.round(settings.serverStep * scheduleFactor(round, rounds) * ONE));
}

/**
 * One bit a value: is it positive? Values are integers, or the bits of f32 numbers: both are positive
 * where their word is above 0, and zero where all bits but the sign are 0 (f32 has a −0).
 */
function packSigns(words: Int32Array, coinSeed: Seed): Uint8Array {
  const bits = new Uint8Array(bytesFor(words.length));
  let coin: Random | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    // Without a branch, since signs cannot be predicted: −word is negative where word is positive.
    let up = -word >>> 31;
    if (word << 1 === 0) {
      coin ??= new Random(coinSeed);
      up = coin.uint32() >>> 31;
    }
    bits[i >> 3] |= up << (i & 7);
  }
  return bits;
}
