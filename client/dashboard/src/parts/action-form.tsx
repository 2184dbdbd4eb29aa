/** A form that does one thing: its fields, what went wrong, and the button that does it. */
import type { ComponentChildren } from 'preact';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

interface ActionFormProps {
  /** Fields below each other, or beside each other and the button. */
  readonly look: 'stack' | 'inline-form';
  /** What the button says, and what it says meanwhile where that is something else. */
  readonly submit: string;
  readonly submitting?: string;
  readonly primary?: boolean;
  /** Once at a time; what it throws is shown. */
  readonly work: () => Promise<unknown>;
  readonly children: ComponentChildren;
}

export function ActionForm(props: ActionFormProps) {
  const { look, submit, submitting = submit, primary = false, work, children } = props;
  const { busy, error, run } = useAction(work);
  return (
    <form
      class={look}
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      {children}
      {error && <Problem error={error} />}
      <button type="submit" class={primary ? 'primary' : ''} disabled={busy}>
        {busy ? submitting : submit}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly wide?: boolean;
  /** What is typed into. */
  readonly children: ComponentChildren;
}

/** A field of such a form. */
export function Labeled({ label, wide, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label class={wide ? 'field wide' : 'field'}>
      <span>{label}</span>
      {children}
    </label>
  );
}
