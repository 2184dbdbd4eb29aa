/** How a federation stands: the open round, the figures, the curves. */
import type { LiveFederationReply } from '@fedhybnn/shared';
import { messages, numbers } from '../messages/language.js';
import { AccuracyChart } from '../parts/accuracy-chart.js';
import { DurationChart } from '../parts/duration-chart.js';
import { LiveRound } from '../parts/live-round.js';
import { rounds } from '../state/federation.js';
import { bestOf, durationOf, medianOf, trafficOf } from '../state/figures.js';
import type { TabProps } from './tab-props.js';

type OverviewTabProps = Pick<TabProps, 'federation'>;

export function OverviewTab({ federation }: OverviewTabProps) {
  const words = messages.value;
  return (
    <>
      <section class="card" aria-label={words.phase[federation.phase]}>
        <LiveRound federation={federation} />
      </section>
      <Figures federation={federation} />
      <div class="halves">
        <section class="card">
          <AccuracyChart known={rounds.value} />
        </section>
        <section class="card">
          <DurationChart known={rounds.value} />
        </section>
      </div>
      <section class="card">
        <h2>{words.overview.answers}</h2>
        <Answers answers={federation.answers} />
      </section>
    </>
  );
}

function Figures({ federation }: OverviewTabProps) {
  const words = messages.value.overview;
  const n = numbers.value;
  const { accuracy, round, totals, parameters, ready } = federation;
  const best = bestOf(rounds.value);
  const traffic = trafficOf(federation);
  const median = medianOf(rounds.value.flatMap((each) => durationOf(each) ?? []));
  return (
    <dl class="figures">
      <Figure
        name={words.accuracy}
        value={accuracy === null ? '–' : n.percent(accuracy)}
        note={best ? words.best(n, best.accuracy, best.round) : round === 0 ? '' : words.unmeasured}
      />
      <Figure
        name={words.rounds}
        value={`${n.whole(round)} / ${n.whole(federation.rounds)}`}
        note={words.updates(n, totals.counted)}
      />
      <Figure
        name={words.sent}
        value={n.bytes(traffic ? traffic.up + traffic.down : 0)}
        note={
          traffic
            ? words.as32(n, traffic.as32, traffic.as32 / (traffic.up + traffic.down))
            : words.upDown(n, 0, 0)
        }
      />
      <Figure
        name={words.bpp}
        value={traffic ? `${n.precise(traffic.upBpp)} ↑ ${n.precise(traffic.downBpp)} ↓` : '–'}
        note={words.parameters(n, parameters)}
      />
      <Figure
        name={words.clients}
        value={n.whole(ready)}
        note={median === undefined ? '' : `${words.duration}: ${words.durationText(n, median)}`}
      />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

function Figure({ name, value, note }: FigureProps) {
  return (
    <div class="card">
      <dt>{name}</dt>
      <dd>
        <span class="figure">{value}</span>
        <span class="small">{note}</span>
      </dd>
    </div>
  );
}

function Answers({ answers }: { readonly answers: LiveFederationReply['answers'] }) {
  const words = messages.value.overview;
  const n = numbers.value;
  const rows = Object.entries(answers).sort(
    ([a, x], [b, y]) => Number(b === 'accepted') - Number(a === 'accepted') || y - x,
  );
  if (rows.length === 0) return <p class="muted">{words.noAnswers}</p>;
  return (
    <ul class="answers">
      {rows.map(([code, count]) => (
        <li key={code} data-refused={code !== 'accepted' || undefined}>
          <span class="figure">{n.whole(count)}</span>
          {code === 'accepted' ? words.accepted : <code>{code}</code>}
        </li>
      ))}
    </ul>
  );
}
