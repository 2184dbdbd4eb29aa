import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Coordinator } from '../coordinator/coordinator.js';
import { Metrics } from '../metrics/metrics.js';
import { trustedProxies } from '../security/address.js';
import { NO_LIMITS, RateLimits } from '../security/limits.js';
import { Operators } from '../security/operators.js';
import { Tokens } from '../security/tokens.js';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { FileStore } from '../store/file-store.js';
import type { Store } from '../store/store.js';
import { operatorOf, type TestOperator } from '../testing/operator.js';
import { join, tinyExtractor, tinyTask } from '../testing/tiny-federation.js';
import { Verifications } from '../verification/verifications.js';
import { createApp } from './app.js';
import type { AppParts } from './app-parts.js';
import { openApi } from './openapi.js';
import { expressPath, type Route } from './route.js';
import { allRoutes } from './routes.js';

const task = tinyTask();
let folder: string;
let store: Store;
let parts: AppParts;
let routes: Route[];
let running: RunningCoordinator;
let operator: TestOperator;
let clientToken: string;

beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-routes-'));
  store = await openEmbeddedStore(folder);
  const log = pino({ level: 'silent' });
  const metrics = new Metrics();
  const files = new FileStore(joinPath(folder, 'files'), store);
  parts = {
    ...{ log, metrics, metricsToken: undefined, strictTransport: false, isReady: () => true },
    ...{ origins: new Set(), trusted: trustedProxies([]), disconnect: () => {} },
    verifications: new Verifications({ data: folder }),
    place: { data: folder, startedAt: 0, sockets: () => 0 },
    coordinator: new Coordinator(store, files, log, metrics),
    tokens: await Tokens.open(folder, 60),
    operators: new Operators(store.access),
    limits: new RateLimits(NO_LIMITS),
  };
  routes = allRoutes(parts);
  const data = joinPath(folder, 'running');
  running = await startCoordinator({ data, port: 0 });
  await running.createTask(task, { extractor: tinyExtractor });
  operator = await operatorOf(running.url, data);
  clientToken = (await join(running.url, task, 'phone')).token;
});
afterAll(async () => {
  await running.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What Express itself says that it answers. */
function mounted(app: Express): string[] {
  const layers = app.router.stack.flatMap(({ route }) => route ?? []);
  return layers.flatMap(({ path, stack }) => stack.map(({ method }) => `${method} ${path}`));
}

const named = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;
/** A path with something in its places. */
const filled = (path: string) =>
  path
    .replace('{id}', 'tiny')
    .replace('{kind}', 'extractor')
    .replace(/\{\w+\}/g, '1');

describe('the OpenAPI document', () => {
  it('has every route that the coordinator answers, and no other', () => {
    const described = routes.map((route) => `${route.method} ${expressPath(route.path)}`);
    expect(mounted(createApp(parts)).sort()).toEqual(described.sort());
  });

  it('is served, and is one by the schema of OpenAPI 3.1', async () => {
    const served = (await (await fetch(`${running.url}/v1/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    expect(served).toEqual(JSON.parse(JSON.stringify(openApi(routes))));
    const result = await new Validator().validate(served);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('names each operation once', () => {
    const document = openApi(routes) as { paths: Record<string, Record<string, object>> };
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => (operation as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('postJoin');
  });
});

describe('routes of operators', () => {
  const admin = () => routes.filter(({ path }) => path.startsWith('/v1/admin'));

  it('all ask for a login, but the login itself', () => {
    const open = admin().filter(({ access }) => access !== 'operator');
    expect(open.map(named)).toEqual(['post /v1/admin/login']);
    expect(admin().length).toBeGreaterThan(12);
  });

  it('are all in the audit log where they change something', () => {
    const silent = admin().filter(({ audit }) => audit === undefined);
    expect(silent.every(({ method, path }) => method === 'get' || path.endsWith('login'))).toBe(
      true,
    );
  });

  it('answer nobody without a login, a wrong token, a client, or a made-up session', async () => {
    const strangers: Record<string, string>[] = [
      {},
      { authorization: `Bearer fhy_${'a'.repeat(43)}` },
      { authorization: `Bearer ${clientToken}` },
      { cookie: `fedhybnn-session=${'a'.repeat(43)}` },
      { cookie: 'fedhybnn-session=' },
    ];
    for (const route of admin().filter(({ access }) => access === 'operator')) {
      for (const headers of strangers) {
        const answer = await fetch(running.url + filled(route.path), {
          method: route.method.toUpperCase(),
          headers,
        });
        const { code } = (await answer.json()) as { code: string };
        expect([named(route), answer.status, code]).toEqual([named(route), 401, 'login-required']);
      }
    }
  });

  it('change nothing for a session without its token', async () => {
    for (const route of admin().filter(({ audit }) => audit !== undefined)) {
      const ask = (headers: Record<string, string>) =>
        fetch(running.url + filled(route.path), {
          method: route.method.toUpperCase(),
          headers: { cookie: operator.cookie, ...headers },
        });
      for (const headers of [{}, { 'fedhybnn-csrf': '' }, { 'fedhybnn-csrf': 'x'.repeat(43) }]) {
        const answer = await ask(headers as Record<string, string>);
        const { code } = (await answer.json()) as { code: string };
        expect([named(route), answer.status, code]).toEqual([named(route), 403, 'csrf-token']);
      }
    }
    // The session has outlived all of it, and nothing was done in its name.
    expect((await operator.ask('GET', '/v1/admin/session')).status).toBe(200);
    const { entries } = (await operator.ask('GET', '/v1/admin/audit')).body;
    expect(new Set(entries.map(({ action }: { action: string }) => action))).toEqual(
      new Set(['login', 'add-operator']),
    );
  });

  it('read no body of a stranger', async () => {
    // It says that 200 MB will come, and sends nothing: only the answer to the headers can come back.
    const socket = createConnection(running.port, '127.0.0.1');
    socket.write(
      'PUT /v1/admin/files/extractor HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000000\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 401 /);
  });
});
