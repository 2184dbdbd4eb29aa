/** The frame of the dashboard: header, the view, what is wrong with the connection. */
import { useEffect, useRef } from 'preact/hooks';
import { messages } from './messages/language.js';
import { Header } from './parts/header.js';
import { Lazy } from './parts/lazy.js';
import { Poster } from './parts/poster.js';
import { Problem } from './parts/problem.js';
import type { Route } from './state/address.js';
import { route } from './state/route.js';
import { operator, resume, sessionFailure } from './state/session.js';
import { FederationView } from './views/federation-view.js';
import { ListView } from './views/list-view.js';
import { LoginView } from './views/login-view.js';

export function App() {
  const words = messages.value;
  const main = useRef<HTMLElement>(null);
  const who = operator.value;
  const at = route.value;
  const place = who ? placeOf(at) : 'login';
  const shown = useRef(place);
  useEffect(() => {
    document.title = words.pageTitle(who ? titleOf(at) : words.login.title);
  }, [words, at, who]);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    // A new view is a new page to those who do not see it: begin at its heading.
    scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [place]);
  return (
    <>
      {who && (
        <button
          type="button"
          class="skip"
          onClick={() => main.current?.querySelector<HTMLElement>('h1')?.focus()}
        >
          {words.skip}
        </button>
      )}
      <Header />
      <main ref={main} id="content">
        {who ? (
          <View at={at} />
        ) : who === null ? (
          <LoginView />
        ) : sessionFailure.value ? (
          <Problem error={sessionFailure.value} onRetry={() => void resume()} />
        ) : (
          <p class="loading" role="status">
            {words.loading}
          </p>
        )}
      </main>
      <Poster />
    </>
  );
}

function View({ at }: { readonly at: Route }) {
  switch (at.view) {
    case 'federation':
      return <FederationView key={at.id} id={at.id} tab={at.tab} />;
    case 'create':
      return (
        <Lazy key="create" load={async () => (await import('./views/create-view.js')).CreateView} />
      );
    case 'coordinator':
      return (
        <Lazy
          key="coordinator"
          load={async () => (await import('./views/coordinator-view.js')).CoordinatorView}
        />
      );
    case 'list':
      return <ListView />;
  }
}

/** Tabs of one federation are one place. */
function placeOf(at: Route): string {
  return at.view === 'federation' ? `federation ${at.id}` : at.view;
}

function titleOf(at: Route): string {
  const words = messages.value.nav;
  return at.view === 'federation' ? at.id : words[at.view];
}
