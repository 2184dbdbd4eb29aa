/** One federation: its state, what the operator can do, and its parts as tabs. */
import { messages } from '../messages/language.js';
import { Connection } from '../parts/connection.js';
import { PhaseBadge } from '../parts/phase-badge.js';
import { Problem } from '../parts/problem.js';
import { usePoller } from '../parts/use-poller.js';
import { federation, watchFederation } from '../state/federation.js';
import { hrefOf, TABS, type Tab } from '../state/route.js';
import { OverviewTab } from './overview-tab.js';

const VIEWS = { overview: OverviewTab };

interface FederationViewProps {
  readonly id: string;
  readonly tab: Tab;
}

export function FederationView({ id, tab }: FederationViewProps) {
  const words = messages.value;
  const failure = usePoller(() => watchFederation(id), [id]);
  const known = federation.value;
  const shown = tab in VIEWS ? (tab as keyof typeof VIEWS) : 'overview';
  const View = VIEWS[shown];
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf({ view: 'list' })}>{words.nav.list}</a> <span aria-hidden="true">/</span>{' '}
        {id}
      </p>
      <div class="title-row">
        <h1 tabIndex={-1}>{known?.title ?? id}</h1>
        {known && <PhaseBadge phase={known.phase} afterRound={known.afterRound} />}
      </div>
      {known && <Connection failure={failure} />}
      {known ? (
        <>
          <nav class="tabs" aria-label={words.tabs.label}>
            {TABS.filter((name) => name in VIEWS).map((name) => (
              <a
                key={name}
                href={hrefOf({ view: 'federation', id, tab: name })}
                aria-current={shown === name ? 'page' : undefined}
              >
                {words.tabs[name]}
              </a>
            ))}
          </nav>
          <View federation={known} />
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
