/** What a participant types, scans or clicks: the address of a coordinator, perhaps with a task. */
import { FederationError } from '@fedhybnn/shared';

export interface FederationAddress {
  /** Scheme, host and port, without a slash at the end. */
  readonly base: string;
  readonly task: string | undefined;
  /** The join code, where the address holds one. */
  readonly code?: string | undefined;
}

const TASK = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Parses `http://host:8080` or `http://host:8080/task`, perhaps with a join code behind it:
 * `#code=7KQ2-…`, as join links have it, or `?code=7KQ2-…`.
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
    throw invalid(text, `it starts with ${quote(url.protocol)}, not http: or https:`);
  }
  const task = url.pathname.replace(/^\/|\/$/g, '');
  if (task !== '' && !TASK.test(task))
    throw invalid(text, `${quote(task)} is not the name of a task`);
  const code = new URLSearchParams(url.hash.slice(1)).get('code') ?? url.searchParams.get('code');
  return {
    base: url.origin,
    task: task === '' ? undefined : task,
    ...(code !== null && { code }),
  };
}

function invalid(text: string, what: string, cause?: unknown): FederationError {
  return new FederationError(
    'bad-request',
    `url ${quote(text)}: ${what}; write for example http://localhost:8080/mnist`,
    { cause },
  );
}

/** What was typed, on one line and not too long of it. */
function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
