/** Before every route: whose page asks, and how often this address has asked. */
import { CSRF_HEADER } from '@fedhybnn/shared';
import type { RequestHandler } from 'express';
import { addressOf, limitKey, type TrustedProxies } from '../security/address.js';
import type { RateLimits } from '../security/limits.js';
import { foreignOrigin, originOf } from '../security/origin.js';

const PROBES = new Set(['/healthz', '/readyz']);

/** Refuses an address that asks too often; probes are always answered. */
export function requestRate(limits: RateLimits, trusted: TrustedProxies): RequestHandler {
  return async (request, _response, next) => {
    if (!PROBES.has(request.path)) {
      await limits.take('request', limitKey(addressOf(request, trusted)));
    }
    next();
  };
}

/**
 * Pages of other sites may read what they are allowed to and change nothing; those of allowed sites
 * may join (never log in: cookies are not sent along).
 */
export function originGuard(allowed: ReadonlySet<string>, trusted: TrustedProxies): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    const from = originOf(request, allowed, trusted(request.socket.remoteAddress ?? '', 0));
    response.vary('Origin');
    if (from === 'allowed' && origin !== undefined) {
      response.set('Access-Control-Allow-Origin', origin);
      // What is public is meant for such a page.
      response.set('Cross-Origin-Resource-Policy', 'cross-origin');
      if (request.method === 'OPTIONS') {
        response.set('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE');
        response.set(
          'Access-Control-Allow-Headers',
          `authorization, content-type, fedhybnn-base, fedhybnn-digest, ${CSRF_HEADER}`,
        );
        response.set('Access-Control-Max-Age', '600');
        response.status(204).end();
        return;
      }
    }
    if (from === 'foreign' && request.method !== 'GET' && request.method !== 'HEAD') {
      throw foreignOrigin(request);
    }
    next();
  };
}
