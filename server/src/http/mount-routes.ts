/** Puts the table of routes into Express, each behind the checks that its kind asks for. */
import { timingSafeEqual } from 'node:crypto';
import { CSRF_HEADER, FederationError, LIMITS } from '@fedhybnn/shared';
import { parse as parseCookie } from 'cookie';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Operators } from '../security/operators.js';
import type { TokenClaims, Tokens } from '../security/tokens.js';
import type { AccessStore } from '../store/access-store.js';
import { type Call, type Caller, expressPath, type Route, takesBytes } from './route.js';

export const SESSION_COOKIE = 'fedhybnn-session';

export interface Checks {
  readonly tokens: Tokens;
  readonly operators: Operators;
  readonly access: AccessStore;
  readonly addressOf: (request: Request) => string;
}

export function mountRoutes(app: Express, routes: readonly Route[], checks: Checks): void {
  for (const route of routes) {
    app[route.method](expressPath(route.path), handlerOf(route, checks));
  }
}

/** Who asks is known before a byte of the body is read. */
function handlerOf(route: Route, checks: Checks): RequestHandler {
  return async (request, response) => {
    const params = request.params as Record<string, string>;
    const claims =
      route.access === 'client' ? await clientOf(request, params.id, checks) : undefined;
    const caller = route.access === 'operator' ? await callerOf(request, checks) : undefined;
    const call: Call = {
      ...{ params, query: request.query, request, response },
      address: checks.addressOf(request),
      body: await bodyOf(route, request, response, params),
    };
    if (route.audit !== undefined && caller !== undefined) {
      const { action, subject = null, details } = route.audit(call);
      await checks.access.addAudit({
        ...{ at: Date.now(), actor: caller.actor, action, subject, address: call.address },
        details: details === undefined ? null : JSON.stringify(details),
      });
    }
    const answer = await route.handle(call, {
      ...(claims !== undefined && { claims }),
      ...(caller !== undefined && { caller }),
    });
    if (answer !== undefined) response.json(answer);
  };
}

/** A client's token, for this task, of a client that was not thrown out. */
async function clientOf(request: Request, task: string, checks: Checks): Promise<TokenClaims> {
  const claims = await checks.tokens.verify(bearer(request));
  if (claims.task !== task) {
    throw new FederationError('token-invalid', 'the token is for another task; join this one');
  }
  if (await checks.access.isBanned(task, claims.client)) throw banned(claims.client);
  return claims;
}

/** The client cannot come back by joining again, either. */
export function banned(client: string): FederationError {
  return new FederationError(
    'token-invalid',
    `the operator has excluded client ${client} from this task`,
  );
}

async function callerOf(request: Request, { operators }: Checks): Promise<Caller> {
  const token = bearer(request);
  if (token !== undefined) {
    const found = await operators.apiToken(token);
    if (found !== null) {
      const { operator, label, id, expiresAt } = found;
      const actor = `${operator} by token ${label || id}`;
      return { operator, actor, credential: id, csrf: null, expiresAt };
    }
  }
  const secret = parseCookie(request.get('cookie') ?? '')[SESSION_COOKIE];
  const session = secret === undefined ? null : await operators.session(secret);
  if (session === null) {
    throw new FederationError(
      'login-required',
      'log in at POST /v1/admin/login, or send an API token as "Authorization: Bearer"',
    );
  }
  const { operator, id, csrf, expiresAt } = session;
  // Cookies come along with forged requests, too; the token does not.
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && !isEqual(request.get(CSRF_HEADER) ?? '', csrf ?? '')) {
    throw new FederationError(
      'csrf-token',
      `header "${CSRF_HEADER}" must be the token that the login answered with; GET /v1/admin/session tells it again`,
    );
  }
  return { operator, actor: operator, credential: id, csrf, expiresAt };
}

const json = express.json({ limit: LIMITS.jsonBody });

function bodyOf(
  { body }: Route,
  request: Request,
  response: Response,
  params: Record<string, string>,
): Promise<unknown> {
  if (body === undefined) return Promise.resolve(undefined);
  const read = takesBytes(body)
    ? express.raw({ type: () => true, limit: body.mostBytes(params) })
    : json;
  return new Promise((resolve, reject) => {
    read(request, response, (error?: unknown) => {
      if (error !== undefined) reject(error);
      else if (Buffer.isBuffer(request.body)) resolve(new Uint8Array(request.body));
      else resolve(takesBytes(body) ? undefined : request.body);
    });
  });
}

function bearer(request: Request): string | undefined {
  return /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1];
}

/** In a time that does not tell where they differ. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => Buffer.from(text));
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}
