/**
 * What FedVote and FedPM share: a client sends one random bit a parameter whose mean is what it
 * wants to say, and the mean of the clients' bits becomes the new latent.
 *
 *   vote_i = ±1, E[vote_i] = φ(local_i);  S_i = Σ votes;  h_i ← φ⁻¹(S_i / clients)
 *
 * Up: votes packed as sign-vote's, 1 bit a parameter. Down: u16 clients, then the S_i, entropy-coded:
 * up to log₂(clients + 1) bits a parameter.
 */
import { decodeIntegers, encodeIntegers, integersBytes } from '../codec/integer-coder.js';
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { Rule } from './rule.js';
import { VoteCounter } from './vote-counter.js';
import { checkUnused, voteBytes } from './vote-rule.js';

const ONE = 16_777_216;
const COUNT = 2;
const MOST_CLIENTS = 32_767;

export interface SoftVote {
  readonly kind: Rule['kind'];
  readonly id: number;
  /** φ: the mean vote of a latent; both in [−1, 1]. */
  meanOf(latent: number): number;
  /** φ⁻¹, for any mean in [−1, 1]. */
  latentOf(mean: number): number;
}

/** A rule from its parts. */
export function softVote({ kind, id, meanOf, latentOf }: SoftVote): Rule {
  return {
    kind,
    id,
    fraction: 24,
    updateBytes: voteBytes,
    stepBytes: (parameters) => COUNT + integersBytes(parameters, MOST_CLIENTS),
    entropyCoded: { update: false, step: true },

    encode(local, _global, _context, clientSeed) {
      const random = new Random(deriveSeed(clientSeed, 'soft-vote'));
      const bits = new Uint8Array(voteBytes(local.length));
      for (let i = 0; i < local.length; i++) {
        if (2 * random.unit() - 1 < meanOf(local[i])) bits[i >> 3] |= 1 << (i & 7);
      }
      return bits;
    },

    check(payload, { parameters }) {
      checkUnused(payload, parameters);
    },

    tally(payloads, { parameters }) {
      const votes = new VoteCounter(parameters);
      for (const payload of payloads) {
        checkUnused(payload, parameters);
        votes.add(payload);
      }
      return votes.tally();
    },

    merge(a, b) {
      const sums = Int32Array.from(a.sums);
      for (let i = 0; i < sums.length; i++) sums[i] += b.sums[i];
      return { count: a.count + b.count, sums };
    },

    apply(_global, { sums, count }) {
      if (count < 1 || count > MOST_CLIENTS) throw new RangeError(`${kind}: ${count} updates`);
      const coded = encodeIntegers(Int32Array.from(sums), count);
      const bytes = new Uint8Array(COUNT + coded.length);
      new DataView(bytes.buffer).setUint16(0, count, true);
      bytes.set(coded, COUNT);
      return bytes;
    },

    advance(_global, step, { parameters, round }) {
      const count = step.length < COUNT ? 0 : step[0] + 256 * step[1];
      if (count < 1 || count > MOST_CLIENTS) {
        throw new FederationError(
          'frame-corrupt',
          `${kind}: field "clients" of the step is ${count}, not 1…${MOST_CLIENTS}; fetch it again`,
        );
      }
      const sums = decodeIntegers(step.subarray(COUNT), parameters, count);
      const units = Int32Array.from({ length: 2 * count + 1 }, (_, s) =>
        Math.round(latentOf((s - count) / count) * ONE),
      );
      return { round, fraction: 24, latents: sums.map((sum) => units[sum + count]) };
    },
  };
}
