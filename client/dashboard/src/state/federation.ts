/** One federation, watched: how it stands, and its published rounds as they come. */
import {
  LIMITS,
  type LiveFederationReply,
  liveFederationReplySchema,
  type TimedRound,
  timedRoundsReplySchema,
} from '@fedhybnn/shared';
import { signal } from '@preact/signals';
import { Poller } from '../api/poller.js';
import { ask } from '../api/request.js';
import type { Seen } from './overview.js';

/** While a round is being played, and else. Milliseconds. */
const PLAYING_MS = 1000;
const RESTING_MS = 2500;

export const federation = signal<Seen<LiveFederationReply> | undefined>(undefined);
export const rounds = signal<readonly TimedRound[]>([]);

export function watchFederation(id: string): Poller {
  federation.value = undefined;
  rounds.value = [];
  const path = `/v1/admin/tasks/${encodeURIComponent(id)}`;
  return new Poller({
    every: () => (federation.value?.open ? PLAYING_MS : RESTING_MS),
    async load(stopped) {
      const reply = await ask(path, { reply: liveFederationReplySchema, signal: stopped });
      const seenAt = performance.now();
      // A data folder that was restored may have fewer rounds than before.
      if ((rounds.value.at(-1)?.round ?? 0) > reply.round) rounds.value = [];
      await loadRounds(path, reply.round, stopped);
      federation.value = { ...reply, seenAt };
    },
  });
}

async function loadRounds(path: string, last: number, stopped: AbortSignal): Promise<void> {
  for (;;) {
    const after = rounds.value.at(-1)?.round ?? 0;
    if (after >= last) return;
    const reply = timedRoundsReplySchema;
    const page = await ask(`${path}/rounds?after=${after}`, { reply, signal: stopped });
    rounds.value = [...rounds.value, ...page.rounds];
    if (page.rounds.length < LIMITS.roundsPage) return;
  }
}
