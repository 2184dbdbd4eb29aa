/** Asks before training spends a small data plan or a low battery. */
import { useEffect, useRef } from 'preact/hooks';
import type { TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { answer } from '../state/actions.js';
import { asking } from '../state/store.js';

export function AskFirst({ task }: { readonly task: TaskInfo }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const words = messages.value.train;
  const open = asking.value.length > 0;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="ask" onCancel={() => void answer(false)}>
      <h2 id="ask">{words.ask}</h2>
      {asking.value.map((concern) => (
        <p key={concern}>
          {words.concerns[concern](numbers.value, task.updateBytes + task.stepBytes)}
        </p>
      ))}
      <div class="row">
        <button type="button" onClick={() => void answer(false)}>
          {words.notNow}
        </button>
        <button type="button" onClick={() => void answer(true)}>
          {words.anyway}
        </button>
      </div>
    </dialog>
  );
}
