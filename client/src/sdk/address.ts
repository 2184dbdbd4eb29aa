/** What a participant types, scans or clicks: the address of a coordinator, perhaps with a task. */
import { FederationError } from '@fedhybnn/shared';

export interface FederationAddress {
  /** Scheme, host and port, without a slash at the end. */
  readonly base: string;
  readonly task: string | undefined;
}

const TASK = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Parses `http://host:8080` or `http://host:8080/task`.
 * @throws FederationError `bad-request` that shows a valid address
 */
export function parseFederationAddress(text: string): FederationAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw invalid(text, 'it is not a URL', cause);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(text, `it starts with ${url.protocol}, not http: or https:`);
  }
  const task = url.pathname.replace(/^\/|\/$/g, '');
  if (task !== '' && !TASK.test(task)) throw invalid(text, `"${task}" is not the name of a task`);
  return { base: url.origin, task: task === '' ? undefined : task };
}

function invalid(text: string, what: string, cause?: unknown): FederationError {
  return new FederationError(
    'bad-request',
    `url "${text}": ${what}; write for example http://localhost:8080/mnist`,
    { cause },
  );
}
