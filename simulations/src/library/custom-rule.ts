/**
 * A rule of one's own. Clients train the binary head on latents as under fedavg; what is one's own is
 * how a drift becomes bytes, and how the drifts of a round become the step of the global latents:
 *
 *   d_i = local_i − global ──encode──▶ bytes ──decode──▶ d̂_i ──aggregate──▶ s;   h ← clip(h + s)
 *
 * Latents and steps are rounded to 2⁻²⁴, so that models are exact; whether a seed gives the same bytes
 * everywhere is up to the functions: no Math.random, exp, log, pow or trigonometry.
 */
import {
  FederationError,
  type RoundContext,
  type Rule,
  ruleFor,
  type Seed,
  type Tally,
} from '@fedhybnn/shared';

export interface CustomRule {
  /** For messages. */
  readonly name: string;
  /**
   * The drifts of a round as one step.
   * @param drifts in units of a latent (1 = full range), one number a parameter; to be left as they are
   * @returns the step in the same units, one number a parameter
   */
  aggregate(drifts: readonly Float32Array[], round: RoundContext): ArrayLike<number>;
  /**
   * What a client sends of its drift, with {@link CustomRule.decode}; at most 4 bytes a parameter.
   * Default: f32, all of them.
   * @param seed the client's own of this round
   */
  encode?(drift: Float32Array, round: RoundContext, seed: Seed): Uint8Array;
  /** Reads what `encode` wrote; must not trust it, where attackers are simulated. */
  decode?(payload: Uint8Array, round: RoundContext): Float32Array;
}

const ONE = 16_777_216;
const FEDAVG = ruleFor({ kind: 'fedavg' });

/** @throws FederationError `bad-request` where only one of `encode` and `decode` is given */
export function customRule(custom: CustomRule): Rule {
  const { encode = writeDrift, decode = readDrift } = custom;
  if ((custom.encode === undefined) !== (custom.decode === undefined)) {
    throw refused(custom, 'has only one of encode and decode; give both or none');
  }
  const sums = (payloads: readonly Uint8Array[], context: RoundContext): Tally => {
    const drifts = payloads.map((payload) =>
      checked(custom, 'decode', decode(payload, context), context),
    );
    const step = checked(custom, 'aggregate', custom.aggregate(drifts, context), context);
    const count = drifts.length;
    // A rule's tally is a sum: of `count` clients that all say the step.
    return { count, sums: Float64Array.from(step, (value) => count * Math.round(value * ONE)) };
  };
  return {
    ...FEDAVG,
    averages: 'drifts',
    entropyCoded: { update: true, step: false },

    encode(local, global, context, seed) {
      const drift = local.map((value, i) => value - global.latents[i] / ONE);
      const payload = encode(drift, context, seed);
      if (payload.length <= FEDAVG.updateBytes(local.length)) return payload;
      throw refused(custom, `encode gave ${payload.length} bytes, more than 4 a parameter`);
    },

    check(payload, context) {
      checked(custom, 'decode', decode(payload, context), context);
    },

    tally(payloads, context) {
      const all = [...payloads];
      return all.length === 0
        ? { count: 0, sums: new Float64Array(context.parameters) }
        : sums(all, context);
    },

    merge() {
      throw new RangeError(`rule ${custom.name}: aggregates all updates of a round at once`);
    },

    apply(global, { sums: moved, count }) {
      const next = Float32Array.from(moved, (sum, i) => {
        const latent = (global.latents[i] + Math.round(sum / count)) / ONE;
        return Math.max(-1, Math.min(1, latent));
      });
      return writeDrift(next);
    },
  };
}

function writeDrift(drift: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * drift.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < drift.length; i++) view.setFloat32(4 * i, drift[i], true);
  return bytes;
}

function readDrift(payload: Uint8Array): Float32Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Float32Array.from({ length: payload.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

function checked<Values extends ArrayLike<number>>(
  custom: CustomRule,
  by: 'decode' | 'aggregate',
  values: Values,
  { parameters, round }: RoundContext,
): Values {
  if (values.length !== parameters) {
    throw refused(
      custom,
      `${by} gave ${values.length} numbers in round ${round}, not ${parameters}`,
    );
  }
  for (let i = 0; i < parameters; i++) {
    if (Number.isFinite(values[i])) continue;
    throw refused(custom, `${by} gave ${values[i]} for parameter ${i} in round ${round}`);
  }
  return values;
}

function refused({ name }: CustomRule, why: string): FederationError {
  return new FederationError('bad-request', `rule ${name}: ${why}`);
}
