/** Asks for a join code where none was given, or the given one was refused: the only way on. */
import { messages } from '../messages/language.js';
import { start } from '../state/actions.js';
import { joinCode, training } from '../state/store.js';
import { CodeField } from './code-field.js';

export function CodeForm() {
  const { code, errors, train } = messages.value;
  const { state, error } = training.value;
  const busy = state === 'joining';
  const problem = errors[error?.code === 'join-code-missing' ? error.code : 'join-code-invalid'];
  return (
    <form
      class="card code-form"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <CodeField problem={busy ? undefined : problem} />
      <button type="submit" class="primary" disabled={busy || joinCode.value.trim() === ''}>
        {busy ? train.state.joining : code.join}
      </button>
    </form>
  );
}
