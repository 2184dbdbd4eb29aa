/** Paths that mean to leave their folder: whatever is asked for, no file of the data folder is told. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { rawAnswer, rawGet, statusOf } from '../testing/raw-http.js';
import { tinyExtractor, tinyTask } from '../testing/tiny-federation.js';
import { errorHandler, unknownRoute } from './errors.js';
import { joinPageRoutes } from './join-page.js';

const CANARY = 'canary-5d1f0a';
let folder: string;
let data: string;
let running: RunningCoordinator;
let page: Server;
let pageUrl: string;
/** What no answer may hold. */
let secrets: string[];

beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-paths-'));
  data = joinPath(folder, 'data');
  running = await startCoordinator({ data, port: 0, limits: { requestRate: 0 } });
  await running.createTask(tinyTask(), { extractor: tinyExtractor });
  for (const place of [folder, data, joinPath(data, 'files')]) {
    writeFileSync(joinPath(place, 'canary.txt'), CANARY);
  }
  const secret = readFileSync(joinPath(data, 'token-secret'));
  secrets = [CANARY, secret.toString('latin1').trim(), 'SQLite format 3'];
  const built = joinPath(folder, 'page');
  mkdirSync(joinPath(built, 'assets'), { recursive: true });
  writeFileSync(joinPath(built, 'index.html'), '<title>page</title>');
  writeFileSync(joinPath(built, 'assets', 'a.js'), 'export {};');
  const app = express();
  app.use(joinPageRoutes((name) => name === 'tiny', built));
  app.use(unknownRoute, errorHandler(pino({ level: 'silent' })));
  page = createServer(app);
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  pageUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
});
afterAll(async () => {
  page.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const PREFIXES = [
  ...['/', '/v1/', '/v1/files/', '/v1/tasks/', '/v1/tasks/tiny/', '/v1/tasks/tiny/rounds/'],
  ...['/v1/admin/', '/v1/admin/tasks/', '/join/', '/join/assets/', '/tiny/', '/metrics/'],
];
const UPS = [
  ...['../', '..%2f', '..%2F', '%2e%2e/', '%2e%2e%2f', '.%2e/', '%2e./', '..\\', '..%5c', '....//'],
  ...[
    '%252e%252e%252f',
    '..%252f',
    '..%c0%af',
    '%c0%ae%c0%ae/',
    '..%u2215',
    '..;/',
    '.././',
    '//../',
  ],
  ...[
    '..%00/',
    '%00../',
    '..%0d%0a/',
    '\uff0e\uff0e/',
    '..%ef%bc%8f',
    '/../',
    '\\..\\',
    '%5c..%5c',
  ],
];
const FILES = [
  ...['token-secret', 'canary.txt', 'canary.txt%00', 'canary.txt%00.js', 'token-secret%20'],
  ...['data/token-secret', 'coordinator.lock', 'files/canary.txt', 'etc/passwd', 'package.json'],
];

/** Every prefix with every way up, one to eight times, and some of the files behind it. */
function hostilePaths(): string[] {
  return PREFIXES.flatMap((prefix, p) =>
    UPS.flatMap((up, i) =>
      FILES.filter((_, k) => (p + i + k) % 3 === 0).map(
        (file, k) => `${prefix}${up.repeat(1 + ((i + 3 * k + p) % 8))}${file}`,
      ),
    ),
  );
}
const ODD_PATHS = [
  ...['/v1/files/\\..\\token-secret', '/v1/files/C:\\token-secret', '/v1/files//etc/passwd'],
  ...['/v1/files/%2fetc%2fpasswd', '/v1/files/file:%2f%2f%2fetc/passwd', '/join//etc/passwd'],
  ...['/join/assets//..//..//index.html', '/join/assets/%2e%2e/', '/join/%2e', '/join/.git/config'],
  ...[
    '/join/assets/a.js/../../../canary.txt',
    '/join/a\u0000b',
    '/%',
    '/%ff',
    '/v1/files/%E0%A4%A',
  ],
  ...[`/v1/files/${'a'.repeat(63)}/`, `/v1/files/${'A'.repeat(64)}`, `/${'a/'.repeat(3000)}`],
  ...['/v1/tasks/__proto__', '/v1/tasks/constructor', '/v1/files/__proto__', '/toString'],
  ...['http://[', 'ftp://x/v1/files/x', '*', 'token-secret', '../token-secret', '//token-secret'],
];

async function expectRefused(url: string, paths: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (let at = 0; at < paths.length; at += 64) {
    const some = paths.slice(at, at + 64);
    const answers = await Promise.all(some.map((path) => rawGet(url, path)));
    answers.forEach((answer, i) => {
      const status = statusOf(answer);
      const told = secrets.some((secret) => answer.includes(secret));
      if (status < 400 || status > 499 || told) found.push(`${some[i]}: ${answer.slice(0, 200)}`);
    });
  }
  expect(found).toEqual([]);
}

describe('a path that leaves its folder', () => {
  it('is refused by every route of a coordinator', async () => {
    expect(secrets.every((secret) => secret.length > 8)).toBe(true);
    await expectRefused(running.url, hostilePaths());
  });

  it('is refused by the routes of the join page', async () => {
    const paths = hostilePaths().filter((path) => path.startsWith('/join/'));
    await expectRefused(pageUrl, paths);
    expect(statusOf(await rawGet(pageUrl, '/join/assets/a.js'))).toBe(200);
  });

  it('is refused in any other spelling', async () => {
    await expectRefused(running.url, ODD_PATHS);
  });

  it('is refused with every other method, too', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
      for (const path of ['/v1/files/..%2ftoken-secret', '/join/..%2f..%2ftoken-secret']) {
        const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
        const answer = await rawAnswer(running.url, head);
        expect(secrets.some((secret) => answer.includes(secret))).toBe(false);
        expect([method, statusOf(answer)]).toEqual([method, expect.closeTo(450, -2)]);
      }
    }
  });
});
