/** Says that what is shown is from before, while there is no answer. */
import type { FederationError } from '@fedhybnn/shared';
import { messages } from '../messages/language.js';

export function Connection({ failure }: { readonly failure: FederationError | undefined }) {
  const words = messages.value.connection;
  const lost = failure?.code === 'coordinator-unreachable';
  return (
    <p class="connection" role="status">
      {failure && (lost ? words.lost : `${words.failed} (${failure.code})`)}
    </p>
  );
}
