/** The round that is being played: who has answered, and how long the others have. */
import type { LiveFederation } from '@fedhybnn/shared';
import { messages, numbers } from '../messages/language.js';
import { clock, useClock } from '../state/clock.js';
import type { Seen } from '../state/overview.js';
import { Bar } from './bar.js';

export function LiveRound({ federation }: { readonly federation: Seen<LiveFederation> }) {
  const words = messages.value.round;
  const n = numbers.value;
  const { open, phase, goal, seenAt } = federation;
  useClock(phase === 'OPEN');
  if (phase === 'ENDED' || phase === 'PAUSED') {
    return <p class="muted">{phase === 'ENDED' ? words.ended : words.paused}</p>;
  }
  if (open === null || phase === 'WAITING') {
    return <p class="muted">{words.waits(n, federation)}</p>;
  }
  const left = Math.max(0, open.leftMs - Math.max(0, clock.value - seenAt));
  const passed = open.lastsMs - left;
  const arrived = words.arrived(n, open.arrived, goal);
  const remaining = phase === 'SEALED' ? words.sealed : words.left(n, left);
  return (
    <div class="live-round">
      <p class="ends">
        <span>
          <strong>{words.live(n, open.round)}</strong>
          {open.attempt > 1 && <span class="muted"> · {words.attempt(n, open.attempt)}</span>}
        </span>
        <span>{arrived}</span>
      </p>
      <Bar label={words.arrivedLabel} value={open.arrived} most={goal} text={arrived} />
      <p class="ends muted">
        <span>{words.cohort(n, open.cohort)}</span>
        <span>{remaining}</span>
      </p>
      <Bar quiet label={words.timeLabel} value={passed} most={open.lastsMs} text={remaining} />
    </div>
  );
}
