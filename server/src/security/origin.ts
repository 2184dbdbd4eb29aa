/**
 * Which pages may talk to the coordinator: its own, and those of the sites that the operator allows.
 * Programs send no `Origin`; browsers always do where it matters, and no page can change it.
 */
import type { IncomingMessage } from 'node:http';
import { FederationError } from '@fedhybnn/shared';

/** @throws FederationError `bad-request` naming the first that is no origin */
export function parseOrigins(origins: readonly string[]): ReadonlySet<string> {
  return new Set(
    origins.map((text) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
      throw new FederationError(
        'bad-request',
        `--allow-origin ${text}: must be scheme, host and perhaps port, such as https://lab.example.org`,
      );
    }),
  );
}

/**
 * What a request's origin means: `none` for a program, `own` for a page of this coordinator,
 * `allowed` for one of an allowed site, `foreign` for all others.
 * @param trustForwarded whether the sender is a trusted proxy, which tells the host that was asked for
 */
export function originOf(
  request: IncomingMessage,
  allowed: ReadonlySet<string>,
  trustForwarded: boolean,
): 'none' | 'own' | 'allowed' | 'foreign' {
  const { origin, host } = request.headers;
  if (origin === undefined) return 'none';
  const forwarded = request.headers['x-forwarded-host'];
  const asked = trustForwarded && typeof forwarded === 'string' ? forwarded : host;
  // "null" is what a sandboxed or local page says: nobody's.
  if (URL.canParse(origin) && new URL(origin).host === asked) return 'own';
  return allowed.has(origin) ? 'allowed' : 'foreign';
}

export function foreignOrigin(request: IncomingMessage): FederationError {
  const origin = String(request.headers.origin).slice(0, 200);
  return new FederationError(
    'origin-refused',
    `a page of ${origin} may not ask this coordinator; its operator allows pages with --allow-origin`,
  );
}
