/**
 * Attacks on a federation: which clients attack, and what they send in place of an honest update.
 * Attackers act together and know the honest votes of their round: the strongest case.
 *
 * | attack | what an attacker sends |
 * |---|---|
 * | `sign-flip` | the opposite of its own honest vote |
 * | `collusion` | the opposite of the honest majority, all the same (for votes, also the inner-product manipulation of Xie et al., arXiv 1903.03936) |
 * | `alie` | the honest majority, but the opposite where honest votes are split (`votes.ts`) |
 * | `random` | a coin for each coordinate |
 * | `free-rider` | what a client sends that has not trained |
 * | `label-flip` | an honest update on labels turned around, y → K − 1 − y |
 */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';

export const ATTACKS = [
  'sign-flip',
  'collusion',
  'alie',
  'random',
  'free-rider',
  'label-flip',
] as const;

export interface AttackSpec {
  readonly kind: (typeof ATTACKS)[number];
  /** Of all clients. */
  readonly share: number;
}

/** Parses `sign-flip:0.2`. @throws FederationError `bad-request` naming what there is */
export function parseAttack(text: string): AttackSpec {
  const [name, share, ...rest] = text.split(':');
  const kind = ATTACKS.find((each) => each === name);
  const value = Number(share);
  if (kind !== undefined && rest.length === 0 && value > 0 && value < 1) {
    return { kind, share: value };
  }
  throw new FederationError(
    'bad-request',
    `--attack ${text}: must be an attack and the share of the clients that make it, such as sign-flip:0.2; there are ${ATTACKS.join(', ')}`,
  );
}

/** Indices of the clients that attack, ascending: a seeded choice. */
export function chooseAttackers({ share }: AttackSpec, clients: number, seed: number): number[] {
  const count = Math.round(share * clients);
  const random = new Random(deriveSeed(seed, 'attackers'));
  return random.sample(clients, count).sort((a, b) => a - b);
}
