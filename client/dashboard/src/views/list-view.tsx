/** All federations at a glance. */
import type { LiveFederation } from '@fedhybnn/shared';
import { messages, numbers } from '../messages/language.js';
import { Bar } from '../parts/bar.js';
import { Connection } from '../parts/connection.js';
import { LiveRound } from '../parts/live-round.js';
import { PhaseBadge } from '../parts/phase-badge.js';
import { Sparkline } from '../parts/sparkline.js';
import { usePoller } from '../parts/use-poller.js';
import { hrefOf } from '../state/address.js';
import { federations, type Seen, watchOverview } from '../state/overview.js';

export function ListView() {
  const words = messages.value;
  const n = numbers.value;
  const { failure } = usePoller(watchOverview, []);
  const known = federations.value;
  return (
    <>
      <div class="title-row">
        <h1 tabIndex={-1}>{words.list.title}</h1>
        {known && known.length > 0 && <p class="muted">{summaryOf(known)}</p>}
      </div>
      <Connection failure={failure} />
      {known === undefined ? (
        <p class="loading" role="status">
          {words.loading}
        </p>
      ) : known.length === 0 ? (
        <div class="card empty">
          <h2>{words.list.none}</h2>
          <p class="muted">{words.list.noneText}</p>
          <a class="button primary" href={hrefOf({ view: 'create' })}>
            {words.list.create}
          </a>
        </div>
      ) : (
        <ul class="federations">
          {known.map((federation) => (
            <Card key={federation.id} federation={federation} />
          ))}
        </ul>
      )}
    </>
  );

  function summaryOf(all: readonly LiveFederation[]): string {
    const running = all.filter(({ phase }) => phase !== 'ENDED' && phase !== 'PAUSED');
    const ready = all.reduce((sum, federation) => sum + federation.ready, 0);
    return words.list.summary(n, running.length, ready);
  }
}

function Card({ federation }: { readonly federation: Seen<LiveFederation> }) {
  const words = messages.value;
  const n = numbers.value;
  const { id, title, phase, afterRound, round, rounds, accuracy, ready, recent } = federation;
  const measured = recent.flatMap((entry) => entry.accuracy ?? []);
  const [first, last] = [measured.at(0), measured.at(-1)];
  const trend =
    first === undefined || last === undefined
      ? ''
      : words.list.trend(n.percent(first), n.percent(last));
  const progress = words.round.of(n, round, rounds);
  return (
    <li class="card federation">
      <div class="federation-head">
        <h2>
          <a href={hrefOf({ view: 'federation', id, tab: 'overview' })}>{title}</a>
        </h2>
        <p class="small">
          /{id} · {words.admission[federation.admission]}
        </p>
        <PhaseBadge phase={phase} afterRound={afterRound} />
      </div>
      <div class="federation-live">
        <LiveRound federation={federation} />
      </div>
      <div class="federation-rounds">
        <p class="ends">
          <span>{progress}</span>
          <span class="muted">{words.round.ready(n, ready)}</span>
        </p>
        <Bar quiet label={words.round.published} value={round} most={rounds} text={progress} />
      </div>
      <div class="federation-accuracy">
        <Sparkline values={measured} label={trend} />
        <p>
          {accuracy === null ? (
            <span class="none">{round === 0 ? '–' : words.overview.unmeasured}</span>
          ) : (
            <span class="figure">{n.percent(accuracy)}</span>
          )}
          <span class="small">{words.list.accuracy}</span>
        </p>
      </div>
    </li>
  );
}
