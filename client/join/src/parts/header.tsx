/** Mark, language and the four steps. */
import { LANGUAGES, type Language } from '../../../look/src/language.js';
import { Mark } from '../../../look/src/mark.js';
import { choose, language, messages } from '../messages/language.js';
import { show } from '../state/actions.js';
import { task, training, VIEWS, type View, view } from '../state/store.js';

export function Header() {
  const words = messages.value;
  return (
    <header>
      <div class="bar">
        <span class="mark">
          <Mark />
          FedHyBNN
        </span>
        <label class="language">
          <span class="hidden">{words.language}</span>
          <select
            name="language"
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
      </div>
      {task.value && !task.value.unsupported && (
        <nav aria-label={words.stepsLabel}>
          <ol class="steps">
            {VIEWS.map((name, i) => (
              <li key={name}>
                <button
                  type="button"
                  aria-current={view.value === name ? 'step' : undefined}
                  disabled={!reachable(name)}
                  onClick={() => show(name)}
                >
                  <span class="number" aria-hidden="true">
                    {i + 1}
                  </span>
                  {words.steps[name]}
                </button>
              </li>
            ))}
          </ol>
        </nav>
      )}
    </header>
  );
}

function reachable(name: View): boolean {
  if (name === 'data') return !task.value?.ended && !task.value?.offline;
  if (name === 'train') return training.value.state !== 'idle';
  return true;
}
