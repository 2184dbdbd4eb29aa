/**
 * An update rule: how a client's drift becomes a payload, how payloads are tallied, and how a tally
 * moves the global model. A rule is a plain object of pure functions over plain data; one file a
 * rule, opened by its formula and source. All arithmetic that reaches the global model is integer.
 *
 *   local, global ──encode──▶ payload ──tally──▶ tally ──apply──▶ step ──advance──▶ global
 */
import type { Seed } from '../random/seed.js';
import type { RuleSettings } from '../task/rule-settings.js';

/** The global latents after a round, in fixed point: value = integer · 2^−fraction. */
export interface GlobalModel {
  /** Published rounds so far; 0 is the initial model. */
  readonly round: number;
  /** Bits after the point; |integer| ≤ 2^fraction − (fraction = 15 ? 1 : 0). */
  readonly fraction: number;
  /** One integer a parameter, layer by layer, [neuron][input] row-major. */
  readonly latents: Int16Array | Int32Array;
}

/** What both ends know about the round, whoever calls. */
export interface RoundContext {
  /** 1-based number of the round being played. */
  readonly round: number;
  /** R, the planned number of rounds: the schedule's length. */
  readonly rounds: number;
  readonly parameters: number;
  /** The round's public seed, the same at all clients and the coordinator. */
  readonly seed: Seed;
  /** Root of what outlives a round, such as the order in which blocks take turns. */
  readonly federationSeed: number;
}

/**
 * Sums of votes (or of quantized latents), one a parameter or one a coordinate that the round asks
 * for, and how many updates they sum.
 */
export interface Tally {
  readonly count: number;
  /** Exact integers (|sum| < 2^53). */
  readonly sums: Int32Array | Float64Array;
}

/** A rule with its settings. */
export interface Rule {
  readonly kind: RuleSettings['kind'];
  /** Rule number in frames; never reused. */
  readonly id: number;
  /** Fixed-point format of the global latents under this rule. */
  readonly fraction: 15 | 24;
  /** True where a payload is one bit a coordinate, dense, +1 where it is set. */
  readonly votes?: true;
  /**
   * Present where {@link Rule.apply} takes the mean of real numbers in units of 2⁻²⁴, which are the
   * clients' latents or their drifts from the global ones: then a tally of one payload is that
   * client's numbers, and robust means can take the place of the sum.
   */
  readonly averages?: 'latents' | 'drifts';
  /** Of such rules: the parameters that a round votes on, in the payload's order; undefined: all. */
  coordinates?(context: RoundContext): Uint32Array | undefined;
  /** Payload length of an update, in bytes: exact, or the most where updates are entropy-coded. */
  updateBytes(parameters: number): number;
  /** Payload length of a step, in bytes: exact, or the most where steps are entropy-coded. */
  stepBytes(parameters: number): number;
  /** Which payloads may be shorter than said. */
  readonly entropyCoded: { readonly update: boolean; readonly step: boolean };
  /**
   * A client's local latents as a payload.
   * @param local f32 latents after local training, in [−1, 1], same order as the global ones
   * @param clientSeed the client's own seed of this round, for its coins
   */
  encode(
    local: Float32Array,
    global: GlobalModel,
    context: RoundContext,
    clientSeed: Seed,
  ): Uint8Array;
  /** Sums payloads; associative and commutative with {@link Rule.merge}. Throws on a bad payload. */
  tally(payloads: Iterable<Uint8Array>, context: RoundContext): Tally;
  /** Checks a payload's contents (its length is checked by the frame). Throws `frame-corrupt`. */
  check(payload: Uint8Array, context: RoundContext): void;
  merge(a: Tally, b: Tally): Tally;
  /** What the round does to the global latents, as the downlink payload. */
  apply(global: GlobalModel, tally: Tally, context: RoundContext): Uint8Array;
  /** The next global model; the same function at coordinator and client. */
  advance(global: GlobalModel, step: Uint8Array, context: RoundContext): GlobalModel;
}
