/**
 * Who is there and whose update is accepted, with the two counts that {@link settle} asks for at
 * every event. Ten thousand clients who arrive or answer must not each cost a walk over all others,
 * so the counts go along with every change and are never taken anew.
 */
import { isOrdered } from './cohort.js';
import type { RoundState } from './round.js';
import { VersionedMap } from './versioned-map.js';
import { VersionedSet } from './versioned-set.js';

type Presence = Pick<RoundState, 'ready' | 'accepted' | 'missing' | 'awaited'>;

/** Before any cohort is chosen. */
export function presenceOf(
  ready: Iterable<string> = [],
  accepted: Iterable<readonly [string, string]> = [],
): Presence {
  const present = isOrdered(ready) ? ready : VersionedSet.of(ready);
  const answered = VersionedMap.of(accepted);
  let missing = present.size;
  for (const client of answered.keys()) if (present.has(client)) missing--;
  return { ready: present, accepted: answered, missing, awaited: 0 };
}

export function withReady(state: RoundState, client: string): RoundState {
  if (state.ready.has(client)) return state;
  const ready = VersionedSet.of(state.ready).with(client);
  return state.accepted.has(client) ? { ...state, ready } : { ...counted(state, client, 1), ready };
}

export function withoutReady(state: RoundState, client: string): RoundState {
  if (!state.ready.has(client)) return state;
  const ready = VersionedSet.of(state.ready).without(client);
  return state.accepted.has(client)
    ? { ...state, ready }
    : { ...counted(state, client, -1), ready };
}

export function withUpdate(state: RoundState, client: string, digest: string): RoundState {
  const accepted = VersionedMap.of(state.accepted).with(client, digest);
  return state.ready.has(client)
    ? { ...counted(state, client, -1), accepted }
    : { ...state, accepted };
}

export function withoutUpdate(state: RoundState, client: string): RoundState {
  const accepted = VersionedMap.of(state.accepted).without(client);
  return state.ready.has(client)
    ? { ...counted(state, client, 1), accepted }
    : { ...state, accepted };
}

/** A ready client whose update is missing came (1) or went (−1). */
function counted(state: RoundState, client: string, change: 1 | -1): RoundState {
  return {
    ...state,
    missing: state.missing + change,
    awaited: state.cohort.has(client) ? state.awaited + change : state.awaited,
  };
}
