/** What a task's defenses know of earlier rounds, read from the journal. */
import { type Experience, learnFrom, NO_EXPERIENCE, type RobustSettings } from '@fedhybnn/shared';
import type { Store } from '../store/store.js';

const PAGE = 1000;

/** After all published rounds. */
export async function experienceOf(
  store: Store,
  task: string,
  robust: RobustSettings | undefined,
): Promise<Experience> {
  let experience = NO_EXPERIENCE;
  if (robust === undefined) return experience;
  for (let after = 0; ; ) {
    const entries = await store.journal(task, after, PAGE);
    for (const entry of entries) experience = learnFrom(experience, entry, robust.rootSet?.window);
    const last = entries.at(-1);
    if (last === undefined) return experience;
    after = last.round;
  }
}
