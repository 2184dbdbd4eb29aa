/** Mark, places, language, and who is logged in. */
import { LANGUAGES, type Language } from '../../../look/src/language.js';
import { Mark } from '../../../look/src/mark.js';
import { choose, language, messages } from '../messages/language.js';
import { hrefOf, type Route } from '../state/address.js';
import { route } from '../state/route.js';
import { logOut, operator } from '../state/session.js';
import { useAction } from './use-action.js';

const PLACES = ['list', 'create', 'coordinator'] as const;

export function Header() {
  const words = messages.value;
  const leaving = useAction(logOut);
  return (
    <header>
      <div class="bar">
        <span class="mark">
          <Mark />
          FedHyBNN
        </span>
        {operator.value && (
          <nav aria-label={words.nav.label}>
            {PLACES.map((view) => (
              <a
                key={view}
                href={hrefOf({ view })}
                aria-current={isAt(route.value, view) ? 'page' : undefined}
              >
                {words.nav[view]}
              </a>
            ))}
          </nav>
        )}
        <div class="who">
          <label class="language">
            <span class="hidden">{words.language}</span>
            <select
              value={language.value}
              onChange={(event) => void choose(event.currentTarget.value as Language)}
            >
              {Object.entries(LANGUAGES).map(([code, name]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {operator.value && (
            <button
              type="button"
              class="small-button"
              title={words.nav.operator(operator.value)}
              disabled={leaving.busy}
              onClick={() => void leaving.run()}
            >
              {words.nav.logOut}
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

function isAt(at: Route, view: (typeof PLACES)[number]): boolean {
  return at.view === view || (view === 'list' && at.view === 'federation');
}
