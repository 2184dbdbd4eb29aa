/** Deletes all that this page keeps on the device. */
import { messages } from '../messages/language.js';
import { erase } from '../state/actions.js';

export function EraseButton() {
  const words = messages.value.erase;
  return (
    <section class="erase">
      <button type="button" class="quiet" onClick={() => void erase()}>
        {words.button}
      </button>
      <p class="small">{words.text}</p>
    </section>
  );
}
