/**
 * What sign-vote and block-vote share: one-bit votes on the coordinates of a round, a step that is
 * the sign of their sums, and a move of η_r along it.
 *
 * Votes hold coordinate i as bit i % 8, least significant first, of byte i >> 3; a set bit is +1;
 * bits after the last coordinate are 0. Coins: one stream for each payload, one draw for each tie in
 * the order of the coordinates, heads (+1) where the draw's top bit is set.
 */
import { decodeIntegers, encodeIntegers, integersBytes } from '../codec/integer-coder.js';
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import type { RoundContext, Rule } from './rule.js';
import { scheduleFactor } from './schedule.js';
import { VoteCounter } from './vote-counter.js';

/** A latent of 1 in fixed point: 2¹⁵, which int16 just misses. */
const ONE = 32_768;
const LIMIT = 32_767;
/** Bytes of so many one-bit votes. */
export const voteBytes = (coordinates: number) => (coordinates + 7) >> 3;

export interface VoteRule {
  readonly kind: Rule['kind'];
  readonly id: number;
  /** η₀ */
  readonly serverStep: number;
  /** τ; without it every coordinate moves. */
  readonly quorum?: number | undefined;
  /** How many coordinates a round has at most, for so many parameters. */
  mostCoordinates(parameters: number): number;
  /** The parameters that the round votes on; undefined: all. */
  coordinates(context: RoundContext): Uint32Array | undefined;
}

/** A rule from its parts. */
export function voteRule(parts: VoteRule): Rule {
  const { kind, id, quorum, mostCoordinates } = parts;
  const updateBytes = (parameters: number) => voteBytes(mostCoordinates(parameters));
  const lengthOf = (context: RoundContext) =>
    parts.coordinates(context)?.length ?? context.parameters;

  return {
    kind,
    id,
    fraction: 15,
    votes: true,
    coordinates: (context) => parts.coordinates(context),
    updateBytes,
    stepBytes: (parameters) =>
      quorum === undefined
        ? updateBytes(parameters)
        : integersBytes(mostCoordinates(parameters), 1),
    entropyCoded: { update: false, step: quorum !== undefined },

    encode(local, global, context, clientSeed) {
      const at = parts.coordinates(context);
      const signs = new SignPacker(updateBytes(local.length), deriveSeed(clientSeed, 'vote-coin'));
      const unit = 1 / ONE;
      const { latents } = global;
      const length = at?.length ?? local.length;
      // The sign of a difference of f32 numbers survives its rounding to f32.
      const drift = new Float32Array(Math.min(BLOCK, length));
      const words = new Int32Array(drift.buffer);
      for (let start = 0; start < length; start += BLOCK) {
        const end = Math.min(start + BLOCK, length);
        if (at === undefined) {
          for (let i = start; i < end; i++) drift[i - start] = local[i] - latents[i] * unit;
        } else {
          for (let i = start; i < end; i++) drift[i - start] = local[at[i]] - latents[at[i]] * unit;
        }
        signs.add(words.subarray(0, end - start));
      }
      return signs.bytes;
    },

    check(payload, context) {
      checkUnused(payload, lengthOf(context));
    },

    tally(payloads, context) {
      const length = lengthOf(context);
      const votes = new VoteCounter(length);
      for (const payload of payloads) {
        checkUnused(payload, length);
        votes.add(payload.subarray(0, voteBytes(length)));
      }
      return votes.tally();
    },

    merge(a, b) {
      const sums = new Int32Array(a.sums);
      for (let i = 0; i < sums.length; i++) sums[i] += b.sums[i];
      return { count: a.count + b.count, sums };
    },

    apply(_global, tally, context) {
      const sums = new Int32Array(tally.sums);
      if (quorum !== undefined) return encodeIntegers(settle(sums, quorum * tally.count), 1);
      const coinSeed = deriveSeed(context.seed, 'step-coin');
      const signs = new SignPacker(updateBytes(context.parameters), coinSeed);
      signs.add(sums);
      return signs.bytes;
    },

    advance(global, step, context) {
      const at = parts.coordinates(context);
      const length = at?.length ?? context.parameters;
      if (quorum === undefined) checkUnused(step, length);
      const signs = quorum === undefined ? undefined : decodeIntegers(step, length, 1);
      const distance = stepDistance(parts.serverStep, context);
      const latents = new Int16Array(global.latents);
      for (let i = 0; i < length; i++) {
        const p = at === undefined ? i : at[i];
        const sign = signs === undefined ? ((step[i >> 3] >> (i & 7)) & 1) * 2 - 1 : signs[i];
        latents[p] = Math.max(-LIMIT, Math.min(LIMIT, latents[p] + sign * distance));
      }
      return { round: context.round, fraction: 15, latents };
    },
  };
}

/** η_r in fixed-point units of 2⁻¹⁵. */
function stepDistance(serverStep: number, { round, rounds }: RoundContext): number {
  return Math.max(1, Math.round(serverStep * scheduleFactor(round, rounds) * ONE));
}

/** The signs of the sums that reach the quorum, 0 for the others. */
function settle(sums: Int32Array, least: number): Int32Array {
  return sums.map((sum) => (Math.abs(sum) < least ? 0 : Math.sign(sum)));
}

/** @throws FederationError `frame-corrupt` if a bit behind the first `length` is set */
export function checkUnused(payload: Uint8Array, length: number): void {
  for (let i = length >> 3; i < payload.length; i++) {
    const used = i === length >> 3 ? length & 7 : 0;
    if (payload[i] >> used === 0) continue;
    throw new FederationError(
      'frame-corrupt',
      'bits after the last parameter are set; encode the signs again',
    );
  }
}

/** Values that are packed at a time: they stay in the first-level cache. A multiple of 8. */
const BLOCK = 2048;

/**
 * One bit a value: is it positive? Values are integers, or the bits of f32 numbers: both are positive
 * where their word is above 0, and zero where all bits but the sign are 0 (f32 has a −0).
 */
class SignPacker {
  readonly bytes: Uint8Array;
  private next = 0;
  private coin: Random | undefined;

  constructor(
    length: number,
    private readonly coinSeed: Seed,
  ) {
    this.bytes = new Uint8Array(length);
  }

  /** Appends values: a multiple of 8 of them, but for the last ones. */
  add(words: Int32Array): void {
    const { bytes } = this;
    for (let start = 0; start < words.length; start += 8) {
      const end = Math.min(start + 8, words.length);
      let byte = 0;
      for (let i = start; i < end; i++) {
        const word = words[i];
        // Without a branch, since signs cannot be predicted: −word is negative where word is positive.
        let up = -word >>> 31;
        if (word << 1 === 0) up = this.toss();
        byte |= up << (i - start);
      }
      bytes[this.next++] = byte;
    }
  }

  private toss(): number {
    this.coin ??= new Random(this.coinSeed);
    return this.coin.uint32() >>> 31;
  }
}
