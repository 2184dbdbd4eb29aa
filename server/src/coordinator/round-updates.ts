/**
 * A round's updates as the store has them, a few megabytes at a time, so that a round of ten thousand
 * clients takes no more memory than one of a hundred, and sockets are served in between.
 */
import { setImmediate } from 'node:timers/promises';
import { type RoundBinding, updateFrameBytes } from '@fedhybnn/shared';
import type { Store, StoredUpdate } from '../store/store.js';

const PAGE_BYTES = 16 << 20;

/**
 * Pages by client id; none is empty.
 * @param pageBytes what the frames of a page may have, but a page has one at least
 */
export async function* roundUpdates(
  store: Pick<Store, 'updates'>,
  task: string,
  { rule, parameters, round }: Pick<RoundBinding, 'rule' | 'parameters' | 'round'>,
  pageBytes = PAGE_BYTES,
): AsyncGenerator<readonly StoredUpdate[]> {
  const most = Math.max(1, Math.floor(pageBytes / updateFrameBytes(rule, parameters)));
  let after = '';
  for (;;) {
    const page = await store.updates(task, round, after, most);
    if (page.length > 0) yield page;
    if (page.length < most) return;
    after = page[page.length - 1].client;
    await setImmediate();
  }
}
