/** What the attackers of a round send, made of what everybody would have sent. */
import {
  deriveSeed,
  FederationError,
  type GlobalModel,
  type RoundContext,
  type Rule,
} from '@fedhybnn/shared';
import { type AttackSpec, chooseAttackers } from './attack.js';
import { against, coins, littleIsEnough, opposite } from './votes.js';

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

/**
 * @param seed of the run
 * @throws FederationError `bad-request` if the attack needs votes and the rule has none
 */
export function createAttack(spec: AttackSpec, clients: number, seed: number, rule: Rule): Attack {
  const attackers = new Set(chooseAttackers(spec, clients, seed));
  const onVotes = spec.kind !== 'free-rider' && spec.kind !== 'label-flip';
  if (onVotes && rule.votes === undefined) {
    throw new FederationError(
      'bad-request',
      `--attack ${spec.kind}: forges votes of one bit, and ${rule.kind} has none; choose --rule sign-vote or block-vote, or --attack free-rider or label-flip`,
    );
  }
  return (updates, global, ruleOfRound, context) => {
    const forge = forger(spec, updates, attackers, { global, rule: ruleOfRound, context, seed });
    return updates.map((update) => (attackers.has(update.index) ? forge(update) : update.payload));
  };
}

interface Scene {
  readonly global: GlobalModel;
  readonly rule: Rule;
  readonly context: RoundContext;
  readonly seed: number;
}

function forger(
  { kind }: AttackSpec,
  updates: readonly CohortUpdate[],
  attackers: ReadonlySet<number>,
  { global, rule, context, seed }: Scene,
): (update: CohortUpdate) => Uint8Array {
  const seedOf = ({ index }: CohortUpdate) => deriveSeed(seed, 'forged', index, context.round);
  if (kind === 'label-flip') return ({ payload }) => payload;
  if (kind === 'free-rider') {
    const untrained = Float32Array.from(global.latents, (h) => h / (1 << global.fraction));
    return (update) => rule.encode(untrained, global, context, seedOf(update));
  }
  const honest = updates.filter(({ index }) => !attackers.has(index));
  // Where nobody is honest there is nothing to be against.
  const known = honest.length > 0 ? honest : updates;
  const { sums } = rule.tally(
    known.map(({ payload }) => payload),
    context,
  );
  switch (kind) {
    case 'sign-flip':
      return ({ payload }) => opposite(payload, sums.length);
    case 'collusion':
      return ({ payload }) => against(sums, payload.length);
    case 'alie':
      return ({ payload }) => littleIsEnough(sums, known.length, payload.length);
    case 'random':
      return (update) => coins(sums.length, update.payload.length, seedOf(update));
  }
}
