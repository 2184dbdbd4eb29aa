/** Published rounds, the newest first, and the attempts that came to nothing. */
import { attemptsReplySchema, type TimedRound } from '@fedhybnn/shared';
import { useState } from 'preact/hooks';
import { messages, numbers } from '../messages/language.js';
import { Connection } from '../parts/connection.js';
import { type Column, DataTable } from '../parts/data-table.js';
import { useResource } from '../parts/use-resource.js';
import { rounds } from '../state/federation.js';
import { durationOf } from '../state/figures.js';
import type { TabProps } from './tab-props.js';

const ATTEMPTS_MS = 5000;
const PAGE = 25;

export function RoundsTab({ federation: { id } }: TabProps) {
  const words = messages.value.rounds;
  const n = numbers.value;
  const [shown, setShown] = useState(PAGE);
  const path = `/v1/admin/tasks/${encodeURIComponent(id)}/attempts`;
  const attempts = useResource(path, attemptsReplySchema, ATTEMPTS_MS);
  const failed = (attempts.value?.attempts ?? [])
    .filter(({ outcome }) => outcome === 'abandoned' || outcome === 'interrupted')
    .reverse();
  const columns: readonly Column<TimedRound>[] = [
    { name: words.round, numeric: true, cell: ({ round }) => n.whole(round) },
    {
      name: words.accuracy,
      numeric: true,
      cell: ({ accuracy, rolledBack }) => (
        <>
          {accuracy === null ? '–' : n.percent(accuracy)}
          {rolledBack && <span class="small"> {words.rolledBack}</span>}
        </>
      ),
    },
    {
      name: words.updates,
      numeric: true,
      cell: ({ counted, screened = 0 }) =>
        screened === 0 ? n.whole(counted) : words.screened(n, counted, screened),
    },
    {
      name: words.duration,
      numeric: true,
      cell: (round) => {
        const ms = durationOf(round);
        return ms === null ? '–' : n.duration(ms);
      },
    },
    { name: words.up, numeric: true, cell: ({ uplinkBytes }) => n.bytes(uplinkBytes) },
    { name: words.down, numeric: true, cell: ({ downlinkBytes }) => n.bytes(downlinkBytes) },
    { name: words.published, cell: ({ publishedAt }) => n.moment(publishedAt) },
  ];
  const newest = rounds.value.slice(-shown).reverse();
  return (
    <>
      <section class="card">
        <h2>{words.abandoned}</h2>
        <Connection failure={attempts.failure} />
        <DataTable
          label={words.abandoned}
          rows={failed}
          none={words.noAbandoned}
          keyOf={({ round, attempt }) => `${round}/${attempt}`}
          columns={[
            {
              name: words.round,
              numeric: true,
              cell: ({ round, attempt }) => words.attempt(n, round, attempt),
            },
            { name: words.asked, numeric: true, cell: ({ cohort }) => n.whole(cohort) },
            { name: words.opened, cell: ({ openedAt }) => n.moment(openedAt) },
            { name: words.reason, cell: ({ reason, outcome }) => reason ?? words[outcome] },
          ]}
        />
      </section>
      <section class="card">
        <h2>{words.title}</h2>
        <DataTable
          label={words.title}
          rows={newest}
          none={words.none}
          keyOf={({ round }) => round}
          columns={columns}
        />
        {shown < rounds.value.length && (
          <button type="button" class="more" onClick={() => setShown(shown + 4 * PAGE)}>
            {words.more}
          </button>
        )}
      </section>
    </>
  );
}
