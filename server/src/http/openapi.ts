/** The HTTP API as an OpenAPI 3.1 document, made of the table of routes. */

import { ERROR_CODES, LIMITS } from '@fedhybnn/shared';
import * as z from 'zod/mini';
import { publicRoute, type Route, takesBytes } from './route.js';

/** `GET /v1/openapi.json`. @param routes all others */
export function openApiRoute(routes: readonly Route[]): Route {
  const route: Route = publicRoute({
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This document',
    reply: 'application/json',
    handle: () => document,
  });
  const document = openApi([...routes, route]);
  return route;
}

/** The document of a table of routes. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'FedHyBNN coordinator',
      version: '1',
      description:
        'Joining federations, following their rounds, fetching models; and, under /v1/admin, operating them. Rounds themselves are played on sockets: docs/protocol.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        client: { type: 'http', scheme: 'bearer', description: 'token of POST /v1/join' },
        apiToken: { type: 'http', scheme: 'bearer', description: "an operator's API token" },
        session: { type: 'apiKey', in: 'cookie', name: 'fedhybnn-session' },
      },
      schemas: { Error: ERROR },
    },
  };
}

const ERROR = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', enum: [...ERROR_CODES] },
    message: { type: 'string', description: 'what is wrong and what to do about it' },
  },
};

const SECURITY: Record<Route['access'], object[]> = {
  public: [],
  client: [{ client: [] }],
  operator: [{ session: [] }, { apiToken: [] }],
};

function operation(route: Route): object {
  const { summary, access, path, query = {}, headers = {}, body, reply } = route;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    ...{ name, in: 'query', description, schema: { type: 'string' } },
  }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    ...{ name, in: 'header', description, required: true, schema: { type: 'string' } },
  }));
  const errors = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    operationId: nameOf(route),
    summary,
    tags: [
      path.startsWith('/v1/admin') ? 'operators' : path.startsWith('/v1') ? 'clients' : 'state',
    ],
    security: SECURITY[access],
    parameters: [...inPath, ...inQuery, ...inHeaders],
    ...(body !== undefined && { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      200: { description: 'done', content: answerOf(reply) },
      default: { description: 'refused or failed', content: errors },
    },
  };
}

function contentOf(body: NonNullable<Route['body']>): object {
  if (takesBytes(body)) {
    const schema = { type: 'string', format: 'binary', maxLength: LIMITS.file };
    return { 'application/octet-stream': { schema } };
  }
  return { 'application/json': { schema: schemaOf(body, 'input') } };
}

function answerOf(reply: Route['reply']): object {
  if (typeof reply === 'string') return { [reply]: {} };
  return { 'application/json': { schema: schemaOf(reply, 'output') } };
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

/** `GET /v1/tasks/{id}/rounds` is `getTasksIdRounds`. */
function nameOf({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1');
  return method + words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}
