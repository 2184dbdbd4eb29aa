/** An error in the operator's words, with a remedy; the coordinator's own words below it. */
import type { FederationError } from '@fedhybnn/shared';
import { messages } from '../messages/language.js';

interface ProblemProps {
  readonly error: FederationError;
  readonly onRetry?: (() => void) | undefined;
}

export function Problem({ error, onRetry }: ProblemProps) {
  const words = messages.value.errors;
  const known = error.code in words ? words[error.code as keyof typeof words] : undefined;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{known ?? words.title}</strong>
      </p>
      {known === undefined ? (
        <p>{error.message}</p>
      ) : (
        <details>
          <summary>{words.details}</summary>
          <p>{error.message}</p>
        </details>
      )}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {words.retry}
        </button>
      )}
    </div>
  );
}
