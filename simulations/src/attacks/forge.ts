/** What the attackers of a round send, made of what everybody would have sent. */
import {
  deriveSeed,
  driftsOf,
  type GlobalModel,
  type RoundContext,
  type Rule,
  type Seed,
} from '@fedhybnn/shared';
import { type AttackSpec, chooseAttackers, strengthOf } from './attack.js';
import { anywhere, littleIsEnoughDrift, meanOf, scaled } from './drifts.js';
import {
  against,
  coins,
  innerProduct,
  littleIsEnough,
  opposite,
  packVotes,
  type Signs,
} from './votes.js';

export interface CohortUpdate {
  /** Index of the virtual client. */
  readonly index: number;
  readonly payload: Uint8Array;
}

/** Replaces the payloads of attackers; the honest ones stay. */
export type Attack = (
  updates: readonly CohortUpdate[],
  global: GlobalModel,
  rule: Rule,
  context: RoundContext,
) => readonly Uint8Array[];

/** The attack on updates that a spec names. @param seed of the run */
export function createAttack(spec: AttackSpec, clients: number, seed: number): Attack {
  const attackers = new Set(chooseAttackers(spec, clients, seed));
  return (updates, global, rule, context) => {
    const honest = updates.filter(({ index }) => !attackers.has(index));
    const scene: Scene = {
      spec,
      global,
      rule,
      context,
      // Where nobody is honest there is nothing to be against.
      known: honest.length > 0 ? honest : updates,
      first: updates.find(({ index }) => attackers.has(index)),
      seedOf: ({ index }) => deriveSeed(seed, 'forged', index, context.round),
    };
    const forge = forger(scene);
    return updates.map((update) => (attackers.has(update.index) ? forge(update) : update.payload));
  };
}

interface Scene {
  readonly spec: AttackSpec;
  readonly global: GlobalModel;
  readonly rule: Rule;
  readonly context: RoundContext;
  /** Whose updates the attackers know. */
  readonly known: readonly CohortUpdate[];
  /** The first attacker of the cohort. */
  readonly first: CohortUpdate | undefined;
  seedOf(update: CohortUpdate): Seed;
}

/** Whether attackers send what they have learned, and only their samples are not honest. */
function isHonestUpdate(spec: AttackSpec, rule: Rule): boolean {
  if (spec.kind === 'label-flip') return true;
  return spec.kind === 'backdoor' && (strengthOf(spec) === 1 || rule.averages === undefined);
}

type Forge = (update: CohortUpdate) => Uint8Array;

function forger(scene: Scene): Forge {
  const { spec, global, rule, context, seedOf } = scene;
  if (isHonestUpdate(spec, rule)) return ({ payload }) => payload;
  if (spec.kind === 'free-rider') {
    const untrained = latentsOf(global, (i) => global.latents[i]);
    return (update) => rule.encode(untrained, global, context, seedOf(update));
  }
  return rule.averages === undefined ? voteForger(scene) : driftForger(scene);
}

function voteForger(scene: Scene): Forge {
  const { spec, rule, context, known, first, seedOf } = scene;
  const { sums } = rule.tally(
    known.map(({ payload }) => payload),
    context,
  );
  const own = ({ payload }: CohortUpdate) => rule.tally([payload], context).sums;
  const strength = strengthOf(spec);
  const forge = (update: CohortUpdate): Signs => {
    switch (spec.kind) {
      case 'collusion':
        return against(sums);
      case 'alie':
        return littleIsEnough(sums, known.length, strength);
      case 'ipm':
        return innerProduct(sums, known.length, strength, seedOf(update));
      case 'random':
        return coins(sums.length, seedOf(update));
      case 'sybil':
        return opposite(own(first ?? update));
      default:
        return opposite(own(update));
    }
  };
  return (update) => sendSigns(forge(update), update, scene);
}

/** A payload that says these signs, as strongly as the rule lets a client say them. */
function sendSigns(signs: Signs, update: CohortUpdate, scene: Scene): Uint8Array {
  const { global, rule, context, first, spec } = scene;
  if (rule.votes) return packVotes(signs, update.payload.length);
  const one = 1 << global.fraction;
  const local = latentsOf(global, (i) => (signs[i] === 0 ? global.latents[i] : one * signs[i]));
  const sender = spec.kind === 'sybil' ? (first ?? update) : update;
  return rule.encode(local, global, context, scene.seedOf(sender));
}

function driftForger(scene: Scene): Forge {
  const { spec, global, rule, context, first, seedOf } = scene;
  const driftOf = ({ payload }: CohortUpdate) =>
    driftsOf([{ client: '', payload }], rule, global, context)[0].values;
  const send = (drift: ArrayLike<number>, sender: CohortUpdate) => {
    const local = latentsOf(global, (i) => global.latents[i] + drift[i]);
    return rule.encode(local, global, context, seedOf(sender));
  };
  const strength = strengthOf(spec);
  switch (spec.kind) {
    case 'collusion':
    case 'alie':
    case 'ipm': {
      const forged = together(spec.kind, scene.known.map(driftOf), strength);
      return (update) => send(forged, update);
    }
    case 'random':
      return (update) =>
        send(anywhere(global.latents, 1 << global.fraction, seedOf(update)), update);
    case 'sybil':
      return (update) => send(scaled(driftOf(first ?? update), -1), first ?? update);
    case 'boost':
      return (update) => send(scaled(driftOf(update), -strength), update);
    case 'backdoor':
      return (update) => send(scaled(driftOf(update), strength), update);
    default:
      return (update) => send(scaled(driftOf(update), -1), update);
  }
}

/** What all attackers want to say, made of what honest clients say. */
function together(
  kind: 'collusion' | 'alie' | 'ipm',
  honest: readonly ArrayLike<number>[],
  strength: number,
): Float64Array {
  if (kind === 'alie') return littleIsEnoughDrift(honest, strength);
  return scaled(meanOf(honest), kind === 'ipm' ? -strength : -1);
}

/** Local latents in [−1, 1] from numbers in the units of the global ones. */
function latentsOf(global: GlobalModel, value: (i: number) => number): Float32Array {
  const one = 1 << global.fraction;
  return Float32Array.from({ length: global.latents.length }, (_, i) =>
    Math.max(-1, Math.min(1, value(i) / one)),
  );
}
