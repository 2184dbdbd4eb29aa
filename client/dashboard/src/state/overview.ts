/** All federations, as they stand. */
import { type LiveFederation, overviewReplySchema } from '@fedhybnn/shared';
import { signal } from '@preact/signals';
import { Poller } from '../api/poller.js';
import { ask } from '../api/request.js';

/** Milliseconds. */
const EVERY_MS = 2000;

/** A federation and when it was looked at, by `performance.now()`. */
export type Seen<T> = T & { readonly seenAt: number };

export const federations = signal<readonly Seen<LiveFederation>[] | undefined>(undefined);

export function watchOverview(): Poller {
  return new Poller({
    every: () => EVERY_MS,
    async load(stopped) {
      const reply = await ask('/v1/admin/overview', {
        reply: overviewReplySchema,
        signal: stopped,
      });
      const seenAt = performance.now();
      federations.value = reply.federations.map((each) => ({ ...each, seenAt }));
    },
  });
}
