/** Offers to install the page as an app, where the browser can do that. */
import { messages } from '../messages/language.js';
import { install, installable } from '../state/installing.js';

export function Install() {
  const words = messages.value.app;
  if (!installable.value) return null;
  return (
    <section class="card own">
      <p class="small">{words.installText}</p>
      <button type="button" onClick={() => void install()}>
        {words.install}
      </button>
    </section>
  );
}
