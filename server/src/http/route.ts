/**
 * A route as data: what it is called, who may ask, what comes in, what goes out, and the function in
 * between. From the table of all routes come Express's routes, the checks before them (nobody can
 * forget one), and the OpenAPI document.
 */
import { FederationError, parse } from '@fedhybnn/shared';
import type { Request, Response } from 'express';
import type { ZodMiniType } from 'zod/mini';
import type { TokenClaims } from '../security/tokens.js';

/** An operator, or a program with an operator's token. */
export interface Caller {
  readonly operator: string;
  /** As the audit log names who it was. */
  readonly actor: string;
  /** Id of the session or token. */
  readonly credential: string;
  /** Null for a token. */
  readonly csrf: string | null;
  readonly expiresAt: number;
}

export interface Call<Body = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed by the route's schema; bytes where it takes bytes; undefined where it takes nothing. */
  readonly body: Body;
  /** Whose request it is, seen through trusted proxies. */
  readonly address: string;
  readonly request: Request;
  readonly response: Response;
}

/** What the audit log says of a call, before anything is done. */
export interface AuditNote {
  readonly action: string;
  readonly subject?: string | undefined;
  readonly details?: unknown;
}

interface Described {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/tasks/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Names and meanings of the query's fields. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names and meanings of headers that the route needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer: JSON of a schema, or a media type. */
  readonly reply: ZodMiniType | string;
}

/** Bytes as the body, at most so many; read only after the caller has been checked. */
export interface BinaryBody {
  readonly mostBytes: (params: Readonly<Record<string, string>>) => number;
}

export interface Route extends Described {
  readonly access: 'public' | 'client' | 'operator';
  readonly body?: ZodMiniType | BinaryBody | undefined;
  /** Of every route that lets an operator change something. */
  readonly audit?: ((call: Call) => AuditNote) | undefined;
  /** Returns the answer, or undefined where it has answered itself. */
  readonly handle: (call: Call, who: { claims?: TokenClaims; caller?: Caller }) => unknown;
}

type Answer = object | undefined;

/** Anybody may ask. */
export function publicRoute<Body = undefined>(
  route: Described & {
    readonly body?: ZodMiniType<Body> | undefined;
    readonly handle: (call: Call<Body>) => Answer | Promise<Answer>;
  },
): Route {
  return {
    ...route,
    access: 'public',
    handle: (call) => route.handle(typed(route, call)),
  };
}

/** Clients of the task `{id}` may ask, with their token. */
export function clientRoute(
  route: Described & {
    readonly body?: BinaryBody;
    readonly handle: (call: Call<Uint8Array>, claims: TokenClaims) => Answer | Promise<Answer>;
  },
): Route {
  return {
    ...route,
    access: 'client',
    handle: (call, { claims }) => route.handle(withBytes(call), required(claims)),
  };
}

/** Operators may ask; it changes nothing. */
export function operatorView(
  route: Omit<Described, 'method'> & {
    readonly handle: (call: Call, caller: Caller) => Answer | Promise<Answer>;
  },
): Route {
  return {
    ...route,
    method: 'get',
    access: 'operator',
    handle: (call, { caller }) => route.handle(call, required(caller)),
  };
}

/** Operators may ask, and the audit log has it before it is done. */
export function operatorAction<Body = undefined>(
  route: Described & {
    readonly body?: ZodMiniType<Body> | undefined;
    readonly audit: (call: Call<Body>) => AuditNote;
    readonly handle: (call: Call<Body>, caller: Caller) => Answer | Promise<Answer>;
  },
): Route {
  return {
    ...route,
    access: 'operator',
    audit: (call) => route.audit(typed(route, call)),
    handle: (call, { caller }) => route.handle(typed(route, call), required(caller)),
  };
}

/** As {@link operatorAction}, with bytes as the body. */
export function operatorUpload(
  route: Described & {
    readonly body: BinaryBody;
    readonly audit: (call: Call<Uint8Array>) => AuditNote;
    readonly handle: (call: Call<Uint8Array>, caller: Caller) => Promise<Answer>;
  },
): Route {
  return {
    ...route,
    access: 'operator',
    audit: (call) => route.audit(withBytes(call)),
    handle: (call, { caller }) => route.handle(withBytes(call), required(caller)),
  };
}

/** `/v1/tasks/{id}` as Express writes it. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

export function takesBytes(body: Route['body']): body is BinaryBody {
  return body !== undefined && 'mostBytes' in body;
}

/** A whole number of the query. @throws FederationError `bad-request` */
export function wholeNumber(value: unknown, field: string): number {
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw new FederationError('bad-request', `field "${field}" must be a whole number from 0`);
}

function typed<Body>(
  { body, method, path }: Described & { readonly body?: ZodMiniType<Body> | undefined },
  call: Call,
): Call<Body> {
  if (body === undefined) return { ...call, body: undefined as Body };
  return { ...call, body: parse(body, call.body, `${method.toUpperCase()} ${path}`) };
}

function withBytes(call: Call): Call<Uint8Array> {
  if (call.body instanceof Uint8Array && call.body.length > 0) return { ...call, body: call.body };
  throw new FederationError('frame-truncated', 'the body is empty; send the bytes');
}

/** The checks before a route have found out who asks; without that, nothing is answered. */
function required<T>(who: T | undefined): T {
  if (who !== undefined) return who;
  throw new FederationError('internal', 'a route was reached without its checks');
}
