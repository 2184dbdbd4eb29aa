import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardPageRoutes } from './dashboard-page.js';
import { unknownRoute } from './errors.js';

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-dashboard-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>operators</title>');
  writeFileSync(join(folder, 'assets', 'a-1.js'), 'export {};');
  const app = express();
  app.use(dashboardPageRoutes(folder), unknownRoute);
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the dashboard', () => {
  it.each(['/dashboard', '/dashboard/'])('is served at %s', async (path) => {
    const answer = await fetch(base + path);
    expect([answer.status, await answer.text()]).toEqual([
      ...[200, expect.stringContaining('operators')],
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('runs scripts of this server only, nothing inline, and cannot be framed', async () => {
    for (const path of ['/dashboard', '/dashboard/assets/a-1.js']) {
      const policy = (await fetch(base + path)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    }
  });

  it('keeps files for ever whose names change with their contents', async () => {
    const answer = await fetch(`${base}/dashboard/assets/a-1.js`);
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  it('gives nothing else', async () => {
    for (const path of ['/dashboard/none.js', '/dashboard/..%2f..%2fetc%2fpasswd']) {
      expect((await fetch(base + path)).status).toBe(404);
    }
    expect(dashboardPageRoutes(join(folder, 'absent')).stack).toEqual([]);
  });
});
