/** What a federation does at this moment. */
import type { LiveFederation } from '@fedhybnn/shared';
import { messages } from '../messages/language.js';

export function PhaseBadge({ phase, afterRound }: Pick<LiveFederation, 'phase' | 'afterRound'>) {
  const words = messages.value;
  const next = phase === 'ENDED' || afterRound === 'continue' ? undefined : afterRound;
  return (
    <span class="badge" data-phase={phase}>
      <span class="dot" aria-hidden="true" />
      {words.phase[phase]}
      {next && <span class="next"> · {words.afterRound[next]}</span>}
    </span>
  );
}
