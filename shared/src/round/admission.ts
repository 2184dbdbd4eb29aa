import type { Admission, RoundState } from './round.js';

/**
 * Whether an update may be committed, before it is. Only the round being played is known here: what
 * is refused may be the repetition of an update of an earlier round, which the receipts in the store
 * tell.
 */
export function admitUpdate(
  state: RoundState,
  client: string,
  round: number,
  digest: string,
): Admission {
  const earlier = round === state.round ? state.accepted.get(client) : undefined;
  if (earlier === digest) return { verdict: 'repeat' };
  if (earlier !== undefined) return { verdict: 'refuse', code: 'update-conflict' };
  if (state.phase === 'ENDED') return { verdict: 'refuse', code: 'federation-ended' };
  if (round < state.round) return { verdict: 'refuse', code: 'round-stale' };
  if (round > state.round) return { verdict: 'refuse', code: 'round-future' };
  if (state.phase !== 'OPEN') return { verdict: 'refuse', code: 'round-closed' };
  if (!state.cohort.has(client)) return { verdict: 'refuse', code: 'not-in-cohort' };
  return { verdict: 'accept' };
}
