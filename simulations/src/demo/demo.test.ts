import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyFolder } from '@fedhybnn/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinAddresses } from './addresses.js';

const command = fileURLToPath(new URL('../../dist/bin/demo.js', import.meta.url));

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'fedhybnn-demo-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Runs the demo; `interruptAt` sends it a Ctrl-C when that text has been printed. */
async function runDemo(interruptAt?: RegExp): Promise<{ code: number | null; text: string }> {
  const args = ['--clients', '3', '--rounds', '4', '--workers', '2', '--data', data];
  const child = spawn(
    process.execPath,
    [command, ...args, '--port', String(await freePort()), '--exit-when-ended'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  let interrupted = false;
  const take = (chunk: Buffer) => {
    text += chunk;
    if (interrupted || interruptAt === undefined || !interruptAt.test(text)) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, text };
}

describe('npm run demo', () => {
  it('stops in order at Ctrl-C, goes on from the stored round, and knows when it is over', async () => {
    const first = await runDemo(/1\/4 .*%/);
    expect(first.text).toMatch(/Coordinator at http:\/\/localhost:\d+\/mnist/);
    expect(first.text).toMatch(/Stopped\. State is kept/);
    expect(first.code).toBe(0);
    const login = /Dashboard at (http:\S+\/dashboard), log in as demo with the password (\S+)/;
    const [, , password] = login.exec(first.text) ?? [];
    expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    const [stored] = await verifyFolder(join(data, 'demo', 'coordinator'));
    expect(stored.rounds).toBeGreaterThanOrEqual(1);

    const second = await runDemo();
    expect(second.code).toBe(0);
    expect(login.exec(second.text)?.[2]).toBe(password);
    if (stored.rounds < 4) expect(second.text).toMatch(/Going on after round [123] of an earlier/);
    const last = /4\/4 +(\d\d\.\d\d) % +\d+ kB +\d+ kB +1\.003 +1\.003/.exec(second.text);
    expect(Number(last?.[1])).toBeGreaterThan(90);
    expect(second.text).toMatch(/The federation has ended after 4 rounds/);
    expect(await verifyFolder(join(data, 'demo', 'coordinator'))).toMatchObject([{ rounds: 4 }]);

    const third = await runDemo();
    expect(third.code).toBe(0);
    expect(third.text).toMatch(/This federation has ended already; delete .* to begin anew/);
  }, 120_000);
});

describe('the join address', () => {
  const v4 = (address: string, internal: boolean) => ({
    address,
    internal,
    family: 'IPv4' as const,
    netmask: '',
    mac: '',
    cidr: null,
  });

  it('is one that other machines reach, if there is one', () => {
    const interfaces = { lo: [v4('127.0.0.1', true)], eth0: [v4('192.0.2.7', false)] };
    expect(joinAddresses(80, 'mnist', interfaces)).toEqual({
      local: 'http://localhost:80/mnist',
      network: 'http://192.0.2.7:80/mnist',
    });
    expect(joinAddresses(80, 'mnist', { lo: interfaces.lo }).network).toBeUndefined();
  });
});
