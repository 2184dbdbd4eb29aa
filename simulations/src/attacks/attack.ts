/**
 * Attacks on a federation: which clients attack, and what they send in place of an honest update.
 * Attackers act together and know the honest updates of their round: the strongest case.
 *
 * With d an attacker's own honest drift (or vote), μ and σ mean and standard deviation of the honest
 * ones of the round, coordinate by coordinate, and x the strength:
 *
 * | attack | what an attacker sends | strength |
 * |---|---|---|
 * | `sign-flip` | −d | |
 * | `boost` | −x·d, within the range of a latent; a vote has no size and is flipped | 10 |
 * | `collusion` | −μ, all the same; votes: the opposite of the honest majority | |
 * | `alie` | μ − x·σ·sign(μ); votes: against the majority where that stays within x·σ of μ (Baruch et al., arXiv 1902.06156) | 1 |
 * | `ipm` | −x·μ, inner-product manipulation (Xie et al., arXiv 1903.03936); votes: coins with this mean, each attacker its own | 0.5 |
 * | `random` | uniform in the range of a latent; votes: coins | |
 * | `free-rider` | what a client sends that has not trained | |
 * | `sybil` | one attacker as many clients: one set of samples, one −d, sent by all (Douceur 2002) | |
 * | `label-flip` | d of labels turned around, y → K − 1 − y (Tolpegin et al., arXiv 2007.08432) | |
 * | `backdoor` | x·d of images half of which carry a trigger and the label 0 (BadNets, Gu et al., arXiv 1708.06733) | 1 |
 */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';

export const ATTACKS = [
  'sign-flip',
  'boost',
  'collusion',
  'alie',
  'ipm',
  'random',
  'free-rider',
  'sybil',
  'label-flip',
  'backdoor',
] as const;
export type AttackKind = (typeof ATTACKS)[number];

/** Strength where none is given, of the attacks that have one. */
const STRENGTHS: Partial<Record<AttackKind, number>> = {
  boost: 10,
  alie: 1,
  ipm: 0.5,
  backdoor: 1,
};

export interface AttackSpec {
  readonly kind: AttackKind;
  /** Of all clients. */
  readonly share: number;
  /** Default by the kind. */
  readonly strength?: number;
}

/** Parses `sign-flip:0.2` or `ipm:0.2:10`. @throws FederationError `bad-request` naming what there is */
export function parseAttack(text: string): AttackSpec {
  const [name, share, strength, ...rest] = text.split(':');
  const kind = ATTACKS.find((each) => each === name);
  const value = Number(share);
  if (kind !== undefined && rest.length === 0 && value > 0 && value < 1) {
    if (strength === undefined) return { kind, share: value };
    const usual = STRENGTHS[kind];
    const size = Number(strength);
    if (usual === undefined) {
      throw refused(text, `${kind} has no strength; leave out ":${strength}"`);
    }
    if (size > 0 && size <= 1000) return { kind, share: value, strength: size };
    throw refused(text, `the strength must be above 0 and at most 1000, such as ${usual}`);
  }
  throw refused(
    text,
    `must be an attack and the share of the clients that make it, such as sign-flip:0.2; there are ${ATTACKS.join(', ')}`,
  );
}

function refused(text: string, why: string): FederationError {
  return new FederationError('bad-request', `--attack ${text}: ${why}`);
}

/** As a user writes it. */
export function shownAttack({ kind, share, strength }: AttackSpec): string {
  return [kind, share, ...(strength === undefined ? [] : [strength])].join(':');
}

/** x of the table above; 1 for attacks without one. */
export function strengthOf({ kind, strength }: AttackSpec): number {
  return strength ?? STRENGTHS[kind] ?? 1;
}

/** Indices of the clients that attack, ascending: a seeded choice, one at least. */
export function chooseAttackers({ share }: AttackSpec, clients: number, seed: number): number[] {
  const count = Math.max(1, Math.round(share * clients));
  const random = new Random(deriveSeed(seed, 'attackers'));
  return random.sample(clients, count).sort((a, b) => a - b);
}
