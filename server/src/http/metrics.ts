/** `GET /metrics`, for Prometheus: on this machine, or with a token. */
import { timingSafeEqual } from 'node:crypto';
import { FederationError } from '@fedhybnn/shared';
import type { Request } from 'express';
import type { Metrics } from '../metrics/metrics.js';
import { publicRoute, type Route } from './route.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** @param token that `Authorization: Bearer` must carry; without one, only this machine is answered */
export function metricsRoute(metrics: Metrics, token: string | undefined): Route {
  return publicRoute({
    method: 'get',
    path: '/metrics',
    summary: 'Figures for Prometheus, to this machine or with the token of --metrics-token',
    reply: 'text/plain',
    async handle({ request, response }) {
      if (!mayRead(request, token)) {
        throw new FederationError(
          'token-missing',
          token === undefined
            ? 'GET /metrics: answered on this machine only; start the coordinator with --metrics-token to read it from elsewhere'
            : 'GET /metrics: field "Authorization" must be "Bearer" and the token of --metrics-token',
        );
      }
      response.type(metrics.contentType).send(await metrics.text());
      return undefined;
    },
  });
}

function mayRead(request: Request, token: string | undefined): boolean {
  if (token !== undefined) return isEqual(request.get('authorization') ?? '', `Bearer ${token}`);
  // A proxy on this machine speaks for others.
  const forwarded = ['x-forwarded-for', 'forwarded', 'via'].some((name) => request.get(name));
  return !forwarded && LOOPBACK.test(request.socket.remoteAddress ?? '');
}

/** In a time that does not tell where they differ. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => Buffer.from(text));
  return a.length === b.length && timingSafeEqual(a, b);
}
