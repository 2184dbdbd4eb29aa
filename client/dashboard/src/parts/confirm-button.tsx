/** A button whose deed cannot be undone: it asks first. */
import { useRef } from 'preact/hooks';
import { messages } from '../messages/language.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

interface ConfirmButtonProps {
  readonly label: string;
  /** For those who do not see what stands beside it. */
  readonly describedAs?: string;
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly small?: boolean;
  readonly onConfirm: () => Promise<unknown>;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, describedAs, title, text, confirm, small = false, onConfirm } = props;
  const words = messages.value.confirm;
  const dialog = useRef<HTMLDialogElement>(null);
  const deed = useAction(onConfirm);
  const close = () => dialog.current?.close();
  return (
    <>
      <button
        type="button"
        class={small ? 'danger small-button' : 'danger'}
        aria-label={describedAs}
        onClick={() => {
          deed.forget();
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-label={title}>
        <h2>{title}</h2>
        <p>{text}</p>
        {deed.error && <Problem error={deed.error} />}
        <div class="row end-row">
          <button type="button" onClick={close}>
            {words.cancel}
          </button>
          <button
            type="button"
            class="danger primary"
            disabled={deed.busy}
            onClick={async () => {
              if (await deed.run()) close();
            }}
          >
            {confirm}
          </button>
        </div>
      </dialog>
    </>
  );
}
