/** For probes: does the process live, and can it play rounds? */
import * as z from 'zod/mini';
import { publicRoute, type Route } from './route.js';

/** @param isReady false while starting or stopping, and where the store failed */
export function healthRoutes(isReady: () => boolean): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/healthz',
      summary: '200 while the process lives',
      reply: z.object({ ok: z.literal(true) }),
      handle: () => ({ ok: true }),
    }),
    publicRoute({
      method: 'get',
      path: '/readyz',
      summary: '200 while rounds can be played, else 503',
      reply: z.object({ ready: z.boolean() }),
      handle({ response }) {
        response.status(isReady() ? 200 : 503);
        return { ready: isReady() };
      },
    }),
  ];
}
