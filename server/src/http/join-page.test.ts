import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unknownRoute } from './errors.js';
import { joinPageRoutes } from './join-page.js';

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-page-'));
  await mkdir(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'a-1.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'a-1.js.gz'), gzipSync('export {};'));
  const app = express();
  app.use(joinPageRoutes((name) => name === 'digits', folder));
  app.use(unknownRoute);
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the join page', () => {
  it.each(['/digits', '/join', '/join/digits', '/join/'])('is served at %s', async (path) => {
    const answer = await fetch(base + path, { headers: browser });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>page</title>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('allows scripts and kernels of this server only, and nothing inline', async () => {
    for (const path of ['/digits', '/join/assets/a-1.js']) {
      const policy = (await fetch(base + path)).headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    }
  });

  it('keeps files for ever whose names change with their contents', async () => {
    const answer = await fetch(`${base}/join/assets/a-1.js`);
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  it('sends files as they were compressed, where that is understood', async () => {
    for (const [encoding, expected] of [
      ['gzip, br', 'gzip'],
      ['identity', null],
    ] as const) {
      const headers = { 'accept-encoding': encoding };
      const answer = await fetch(`${base}/join/assets/a-1.js`, { headers });
      expect(answer.headers.get('content-encoding')).toBe(expected);
      expect(answer.headers.get('content-type')).toMatch(/javascript/);
      expect(answer.headers.get('content-security-policy')).toContain("'self'");
      expect(await answer.text()).toBe('export {};');
    }
  });

  it('tells people of an unknown task by the page, and programs by an error', async () => {
    const person = await fetch(`${base}/cats`, { headers: browser });
    expect([person.status, await person.text()]).toEqual([404, expect.stringContaining('page')]);
    const program = await fetch(`${base}/cats`);
    expect(program.status).toBe(404);
    expect(await program.json()).toMatchObject({ code: 'unknown-file' });
  });

  it('gives nothing outside of its folder', async () => {
    for (const path of ['/join/..%2f..%2fetc%2fpasswd', '/join/.made-of', '/No-Task']) {
      expect((await fetch(base + path)).status).toBe(404);
    }
  });

  it('has no routes before it is built', async () => {
    expect(joinPageRoutes(() => true, join(folder, 'absent')).stack).toEqual([]);
  });
});
