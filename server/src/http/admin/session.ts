/** How operators come in and go: `/v1/admin/login`, `logout`, `session`. */
import {
  doneReplySchema,
  FederationError,
  loginRequestSchema,
  type SessionReply,
  sessionReplySchema,
} from '@fedhybnn/shared';
import type { CookieOptions, Request } from 'express';
import { limitKey } from '../../security/address.js';
import type { RateLimits } from '../../security/limits.js';
import { type Operators, SESSION_MS } from '../../security/operators.js';
import type { AccessStore } from '../../store/access-store.js';
import { SESSION_COOKIE } from '../mount-routes.js';
import { operatorAction, operatorView, publicRoute, type Route } from '../route.js';

export function sessionRoutes(
  operators: Operators,
  access: AccessStore,
  limits: RateLimits,
): Route[] {
  const audit = (action: string, actor: string, address: string) =>
    access.addAudit({
      ...{ at: Date.now(), actor, action, subject: null, details: null, address },
    });

  return [
    publicRoute({
      method: 'post',
      path: '/v1/admin/login',
      summary: 'An operator logs in: a session cookie, and the token that changes need',
      body: loginRequestSchema,
      reply: sessionReplySchema,
      async handle({ body, address, request, response }): Promise<SessionReply> {
        const { name, password } = body;
        const from = limitKey(address);
        await limits.take('login', from);
        await limits.take('login-name', name);
        try {
          const { secret, csrf, expiresAt } = await operators.login(name, password);
          await limits.forget('login', from);
          await limits.forget('login-name', name);
          await audit('login', name, address);
          response.cookie(SESSION_COOKIE, secret, { ...cookie(request), maxAge: SESSION_MS });
          return { operator: name, csrf, expiresAt };
        } catch (thrown) {
          const wrong = thrown instanceof FederationError && thrown.code === 'login-failed';
          if (wrong) await audit('login-failed', name, address);
          throw thrown;
        }
      },
    }),
    operatorView({
      path: '/v1/admin/session',
      summary: 'Who is logged in',
      reply: sessionReplySchema,
      handle: (_call, { operator, csrf, expiresAt }): SessionReply => ({
        ...{ operator, csrf, expiresAt },
      }),
    }),
    operatorAction({
      method: 'post',
      path: '/v1/admin/logout',
      summary: 'Ends the session, or the API token that asks',
      reply: doneReplySchema,
      audit: () => ({ action: 'logout' }),
      async handle({ request, response }, { credential }) {
        await access.removeCredential(credential);
        response.clearCookie(SESSION_COOKIE, cookie(request));
        return { done: true };
      },
    }),
  ];
}

/** No script reads it, no other site sends it, and it never leaves HTTPS where there is HTTPS. */
function cookie(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' };
}
