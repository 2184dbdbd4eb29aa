/** Where a join code is typed, if the address did not bring it along. */
import { messages } from '../messages/language.js';
import { joinCode } from '../state/store.js';

/** 16 characters in groups of four. */
const LONGEST = 24;

export function CodeField() {
  const words = messages.value.code;
  return (
    <label class="code-field">
      <span>{words.label}</span>
      <input
        type="text"
        name="join-code"
        value={joinCode.value}
        maxLength={LONGEST}
        placeholder="7KQ2-M9XD-4T0V-H8RB"
        autocapitalize="characters"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          joinCode.value = event.currentTarget.value;
        }}
      />
      <small>{words.hint}</small>
    </label>
  );
}
