/** Where a join code is typed, if the address did not bring it along, or brought one that is refused. */
import { useEffect, useRef } from 'preact/hooks';
import { messages } from '../messages/language.js';
import { joinCode } from '../state/store.js';

/** 16 characters in groups of four. */
const LONGEST = 24;

/** @param problem why the code that stands there is refused; the field then asks for another one */
export function CodeField({ problem }: { readonly problem?: string | undefined }) {
  const words = messages.value.code;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (problem === undefined) return;
    input.current?.focus();
    // Typing replaces it; a tap goes to the character that is wrong.
    input.current?.select();
  }, [problem]);
  return (
    <div class="code-field">
      <label for="join-code">{words.label}</label>
      <input
        ref={input}
        id="join-code"
        type="text"
        name="join-code"
        value={joinCode.value}
        maxLength={LONGEST}
        placeholder="7KQ2-M9XD-4T0V-H8RB"
        autocapitalize="characters"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="join-code-note"
        aria-invalid={problem !== undefined}
        onInput={(event) => {
          joinCode.value = event.currentTarget.value;
        }}
      />
      {problem === undefined ? (
        <small id="join-code-note">{words.hint}</small>
      ) : (
        <p id="join-code-note" class="wrong" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
