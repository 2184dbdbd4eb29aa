/** An error in the reader's words, with a remedy; the program's own words below it. */
import { messages } from '../messages/language.js';
import { open } from '../state/actions.js';
import { failure } from '../state/store.js';

/** Codes whose message is what helps: it names file, line or column. */
const OWN_WORDS: ReadonlySet<string> = new Set(['file-corrupt', 'bad-request']);

interface ProblemProps {
  readonly error: { readonly code: string; readonly message: string };
  /** Nothing else can be shown. */
  readonly whole?: boolean;
  readonly onRetry?: () => void;
}

export function Problem({ error, whole = false, onRetry }: ProblemProps) {
  const words = messages.value.errors;
  const known = error.code in words ? words[error.code as keyof typeof words] : words.other;
  const retry = onRetry ?? (whole ? () => void open() : undefined);
  return (
    <section class="problem" role="alert">
      {whole && <h1 tabIndex={-1}>{words.title}</h1>}
      <p>{known}</p>
      <details open={OWN_WORDS.has(error.code)}>
        <summary>{words.details}</summary>
        <p class="small">
          {error.message} ({error.code})
        </p>
      </details>
      {retry && (
        <button
          type="button"
          onClick={() => {
            failure.value = undefined;
            retry();
          }}
        >
          {words.retry}
        </button>
      )}
    </section>
  );
}
