/** One federation: its state, what the operator can do, and its parts as tabs. */
import { messages } from '../messages/language.js';
import { Connection } from '../parts/connection.js';
import { Controls } from '../parts/controls.js';
import { PhaseBadge } from '../parts/phase-badge.js';
import { Problem } from '../parts/problem.js';
import { usePoller } from '../parts/use-poller.js';
import { hrefOf, TABS, type Tab } from '../state/address.js';
import { federation, watchFederation } from '../state/federation.js';
import { InviteTab } from './invite-tab.js';
import { OverviewTab } from './overview-tab.js';
import { ParticipantsTab } from './participants-tab.js';
import { RoundsTab } from './rounds-tab.js';
import { TaskTab } from './task-tab.js';

const VIEWS = {
  overview: OverviewTab,
  rounds: RoundsTab,
  participants: ParticipantsTab,
  invite: InviteTab,
  task: TaskTab,
};

interface FederationViewProps {
  readonly id: string;
  readonly tab: Tab;
}

export function FederationView({ id, tab }: FederationViewProps) {
  const words = messages.value;
  const { failure, hurry } = usePoller(() => watchFederation(id), [id]);
  const known = federation.value;
  const View = VIEWS[tab];
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf({ view: 'list' })}>{words.nav.list}</a> <span aria-hidden="true">/</span>{' '}
        {id}
      </p>
      <div class="title-row">
        <h1 tabIndex={-1}>{known?.title ?? id}</h1>
        {known && <PhaseBadge phase={known.phase} afterRound={known.afterRound} />}
        {known && <Controls federation={known} onDone={hurry} />}
      </div>
      {known && <Connection failure={failure} />}
      {known ? (
        <>
          <nav class="tabs" aria-label={words.tabs.label}>
            {TABS.map((name) => (
              <a
                key={name}
                href={hrefOf({ view: 'federation', id, tab: name })}
                aria-current={tab === name ? 'page' : undefined}
              >
                {words.tabs[name]}
              </a>
            ))}
          </nav>
          <View federation={known} onDone={hurry} />
        </>
      ) : failure ? (
        <Problem error={failure} />
      ) : (
        <p class="loading" role="status">
          {words.loading}
        </p>
      )}
    </>
  );
}
