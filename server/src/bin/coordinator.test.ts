import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deriveSeed, loadHead, Random, sha256Hex } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../store/embedded-store.js';
import {
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

const command = fileURLToPath(new URL('../../dist/bin/coordinator.js', import.meta.url));

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-command-'));
  writeFileSync(join(folder, 'tiny.fhx'), tinyExtractor);
  writeFileSync(join(folder, 'task.json'), JSON.stringify(tinyTask({ rounds: 100_000 })));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const data = () => join(folder, 'data');
const taskArgs = () => [
  '--task',
  join(folder, 'task.json'),
  '--extractor',
  join(folder, 'tiny.fhx'),
];

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function serve(port: number, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [command, 'serve', '--port', String(port), '--data', data(), '--log-level', 'error', ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  await until(
    () =>
      fetch(`http://localhost:${port}/readyz`).then(
        (r) => r.ok,
        () => false,
      ),
    'the coordinator to start',
  );
  return child;
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });

describe('fedhybnn-coordinator serve', () => {
  it('killed by SIGKILL twenty times in a row: comes back, loses no acked update, verifies', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const random = new Random(deriveSeed(20, 'kills'));
    let child = await serve(port, ...taskArgs());
    const task = tinyTask({ rounds: 100_000 });
    const clients: VotingClient[] = await Promise.all(
      ['a', 'b', 'c'].map((id) => votingClient(url, task, id)),
    );
    const acked = () => clients.reduce((sum, { receipts }) => sum + receipts.size, 0);
    for (let kill = 0; kill < 20; kill++) {
      const before = acked();
      await until(() => acked() > before, `updates after ${kill} kills`);
      await new Promise((resolve) => setTimeout(resolve, random.below(120)));
      child.kill('SIGKILL');
      await ended(child);
      child = await serve(port, ...taskArgs());
    }
    const before = acked();
    await until(() => acked() > before + 3, 'updates after the last kill');
    for (const { socket } of clients) socket.disconnect();
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);

    const [report] = await verifyFolder(data());
    expect(report.rounds).toBeGreaterThan(20);
    const store = await openEmbeddedStore(data());
    try {
      for (const { id, receipts, frames, errors } of clients) {
        expect(errors.filter((error) => error.includes('conflict'))).toEqual([]);
        for (const [round, receipt] of receipts) {
          expect(round).toBeLessThanOrEqual(report.rounds + 1);
          const stored = await store.findUpdate('tiny', round, id);
          expect(stored).toEqual({ ...receipt, digest: sha256Hex(frames.get(round)!) });
        }
      }
    } finally {
      await store.close();
    }
  }, 180_000);

  it('killed by SIGKILL while it forgets old rounds: comes back and verifies', async () => {
    const port = await freePort();
    const random = new Random(deriveSeed(5, 'kills'));
    const forgetful = [...taskArgs(), '--keep-rounds', '2'];
    let child = await serve(port, ...forgetful);
    const task = tinyTask({ rounds: 100_000 });
    const clients = await Promise.all(
      ['a', 'b', 'c'].map((id) => votingClient(`http://localhost:${port}`, task, id)),
    );
    const acked = () => clients.reduce((sum, { receipts }) => sum + receipts.size, 0);
    for (let kill = 0; kill < 6; kill++) {
      const before = acked();
      await until(() => acked() > before + 20, `updates after ${kill} kills`);
      await new Promise((resolve) => setTimeout(resolve, random.below(50)));
      child.kill('SIGKILL');
      await ended(child);
      const [report] = await verifyFolder(data());
      expect(report.forgotten).toBeGreaterThan(0);
      expect(report.rounds).toBeGreaterThanOrEqual(2);
      child = await serve(port, ...forgetful);
    }
    for (const { socket } of clients) socket.disconnect();
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  }, 120_000);

  it('stops in order on SIGTERM, and resumes from the stored round', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const child = await serve(port, ...taskArgs());
    const task = tinyTask({ rounds: 100_000 });
    const clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    await until(() => clients[0].closed.length >= 3, 'three rounds');
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
    const [report] = await verifyFolder(data());
    expect(report.rounds).toBeGreaterThanOrEqual(3);
    await serve(port);
    const { latest } = await (await fetch(`${url}/v1/tasks/tiny`)).json();
    expect(latest.round).toBeGreaterThanOrEqual(report.rounds);
    for (const { socket } of clients) socket.disconnect();
  });

  it('refuses a port in use, a folder in use and a folder that cannot be written, in one line', async () => {
    const port = await freePort();
    await serve(port);
    const inUse = run('serve', '--port', String(port), '--data', join(folder, 'other'));
    expect(inUse).toMatchObject({ status: 1, stdout: '' });
    expect(inUse.stderr).toMatch(/^error \[port-in-use\]: --port \d+: .*choose another port\n$/);
    const shared = run('serve', '--port', '0', '--data', data());
    expect(shared.stderr).toMatch(/^error \[data-folder\]: .*another coordinator uses it.*\n$/);
    const file = run('serve', '--port', '0', '--data', join(folder, 'task.json'));
    expect(file.stderr).toMatch(/^error \[data-folder\]: .*cannot be written.*\n$/);
    expect(file.status).toBe(1);
  });

  it('refuses wrong tasks and files, naming the field', () => {
    const task = tinyTask();
    const attempt = (document: unknown, extractor: Uint8Array = tinyExtractor) => {
      writeFileSync(
        join(folder, 't.json'),
        typeof document === 'string' ? document : JSON.stringify(document),
      );
      writeFileSync(join(folder, 'x.fhx'), extractor);
      const args = ['create-task', join(folder, 't.json'), '--data', data()];
      return run(...args, '--extractor', join(folder, 'x.fhx')).stderr;
    };
    expect(attempt('{')).toMatch(/^error \[bad-request\]: task file .*: not JSON/);
    expect(attempt({ ...task, ruls: 1 })).toMatch(/unknown field "ruls"/);
    expect(attempt({ ...task, head: { ...task.head, hidden: [0] } })).toMatch(
      /field "head.hidden.0" must be at least 1/,
    );
    expect(attempt({ ...task, head: { ...task.head, hidden: [10] } })).toMatch(
      /widen the last hidden layer/,
    );
    expect(attempt(task, tinyExtractor.slice(0, 40))).toMatch(/^error \[file-corrupt\]/);
    const other = { ...task, extractor: { ...task.extractor, sha256: 'a'.repeat(64) } };
    expect(attempt(other)).toMatch(/field "extractor.sha256".*give the file that the task names/);
    expect(run('create-task', join(folder, 'none.json'), '--extractor', 'x').stderr).toMatch(
      /^error \[unknown-file\]/,
    );
  });

  it('knows its options and suggests the right one, in one line with a code', () => {
    const wrong = run('serve', '--prot', '1');
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(
      /^error \[unknown-option\]: unknown option '--prot' \(Did you mean --port\?\); --help .*\n$/,
    );
    expect(run('serv').stderr).toMatch(/^error \[unknown-option\]: unknown command 'serv'.*\n$/);
    expect(run('serve', '--port', 'x').stderr).toMatch(
      /^error \[bad-request\]: .*'--port <n>'.*must be a number from 0 to 65535.*\n$/,
    );
    expect(run('create-task', 'task.json').stderr).toMatch(
      /^error \[bad-request\]: required option '--extractor <file>' not specified.*\n$/,
    );
    expect(run('--help')).toMatchObject({ status: 0, stderr: '' });
    expect(run('--help').stdout).toMatch(/serve.*\n.*verify/s);
  });

  it('ends with an error where a round cannot be stored, and goes on from it when it can', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const task = tinyTask({ rounds: 100_000 });
    const child = await serve(port, ...taskArgs(), '--log-level', 'silent');
    const clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    await until(() => clients[0].closed.length >= 2, 'two rounds');
    // No place for files any more, as on a full disk.
    renameSync(join(data(), 'files'), join(folder, 'away'));
    writeFileSync(join(data(), 'files'), '');
    expect(await ended(child)).toBe(1);
    rmSync(join(data(), 'files'));
    renameSync(join(folder, 'away'), join(data(), 'files'));
    const before = clients[0].closed.length;
    await serve(port);
    await until(() => clients[0].closed.length > before, 'another round');
    for (const { socket } of clients) socket.disconnect();
    const [report] = await verifyFolder(data());
    expect(report.rounds).toBeGreaterThan(before);
  });
});

describe('the other commands', () => {
  it('create a task, verify it and export its model', async () => {
    const create = run(
      'create-task',
      join(folder, 'task.json'),
      '--extractor',
      join(folder, 'tiny.fhx'),
      '--data',
      data(),
    );
    expect(create).toMatchObject({ status: 0, stderr: '' });
    const verify = run('verify', '--data', data(), '--json');
    expect(JSON.parse(verify.stdout)).toMatchObject({ task: 'tiny', rounds: 0, updates: 0 });
    const out = join(folder, 'model.fhbn');
    const exported = run('export', '--task', 'tiny', '--out', out, '--data', data(), '--json');
    expect(sha256Hex(new Uint8Array(readFileSync(out)))).toBe(JSON.parse(exported.stdout).model);
    const head = join(folder, 'tiny.fhh');
    run('export', '--task', 'tiny', '--format', 'head', '--out', head, '--data', data());
    const { metadata } = await loadHead(new Uint8Array(readFileSync(head)));
    expect(metadata.source).toBe(`model ${JSON.parse(exported.stdout).model}`);
  });

  const create = (...more: string[]) =>
    run(
      ...['create-task', join(folder, 'task.json'), '--extractor', join(folder, 'tiny.fhx')],
      ...['--data', data(), ...more],
    );
  const json = (...args: string[]) => {
    const { stdout, stderr } = run(...args, '--data', data(), '--json');
    if (stderr !== '') throw new Error(stderr);
    return stdout.trim() === ''
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
  };

  it('make join codes of a task, show each once, and take them back', () => {
    create('--admission', 'code');
    const url = 'https://fl.example.org';
    const [made] = json('join-code', 'tiny', '--uses', '3', '--label', 'class 3b', '--url', url);
    expect(made.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(made.link).toBe(`${url}/tiny#code=${made.code}`);
    expect(json('join-code', 'tiny', '--list')).toEqual([
      expect.objectContaining({ id: made.id, uses: 0, maxUses: 3, label: 'class 3b' }),
    ]);
    const text = run('join-code', 'tiny', '--data', data(), '--url', url).stdout;
    expect(text).toContain('shown this once');
    // A QR code.
    expect(text.split('\n').filter((line) => /[█▀▄]{5}/.test(line)).length).toBeGreaterThan(10);
    json('join-code', 'tiny', '--remove', made.id);
    expect(json('join-code', 'tiny', '--list')).toHaveLength(1);
    expect(run('join-code', 'cats', '--data', data()).stderr).toMatch(/^error \[unknown-task\]/);
    expect(run('join-code', 'tiny', '--uses', '0.5', '--data', data()).stderr).toMatch(/--uses/);
  });

  it('add, change and remove operators and their tokens', () => {
    const [added] = json('operator', 'add', 'anna');
    expect(added.password).toMatch(/^\w{5}-\w{5}-\w{5}-\w{5}$/);
    expect(run('operator', 'add', 'anna', '--data', data()).stderr).toMatch(
      /^error \[name-taken\]/,
    );
    expect(run('operator', 'add', 'A B', '--data', data()).stderr).toMatch(
      /^error \[bad-request\]/,
    );
    const file = join(folder, 'password');
    writeFileSync(file, 'short\n');
    const short = run('operator', 'password', 'anna', '--data', data(), '--password-file', file);
    expect(short.stderr).toMatch(/at least|from 12 to/);
    writeFileSync(file, 'correct horse battery\n');
    expect(json('operator', 'password', 'anna', '--password-file', file)).toEqual([
      { operator: 'anna', password: null },
    ]);
    expect(json('operator', 'list')).toEqual([expect.objectContaining({ name: 'anna' })]);
    const [token] = json('api-token', 'create', 'anna', '--label', 'ci', '--days', '1');
    expect(token.token).toMatch(/^fhy_/);
    const listed = json('api-token', 'list');
    expect(listed).toEqual([expect.objectContaining({ id: token.id, label: 'ci' })]);
    expect(JSON.stringify(listed)).not.toContain(token.token);
    json('api-token', 'remove', token.id);
    expect(json('api-token', 'list')).toEqual([]);
    json('operator', 'remove', 'anna');
    expect(json('operator', 'list')).toEqual([]);
  });

  it('back up beside a coordinator that serves, and restore', async () => {
    const port = await freePort();
    const child = await serve(port, ...taskArgs());
    const url = `http://localhost:${port}`;
    const task = tinyTask({ rounds: 100_000 });
    const clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    await until(() => clients[0].closed.length >= 2, 'two rounds');
    const out = join(folder, 'backup');
    const backup = run('backup', '--data', data(), '--out', out, '--json');
    expect(backup).toMatchObject({ status: 0, stderr: '' });
    const [{ round, model }] = JSON.parse(backup.stdout).tasks;
    expect(round).toBeGreaterThanOrEqual(2);
    for (const { socket } of clients) socket.disconnect();
    child.kill('SIGTERM');
    await ended(child);
    const restored = join(folder, 'restored');
    const restore = run('restore', '--from', out, '--data', restored, '--json');
    expect(restore).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(restore.stdout)).toEqual({
      data: restored,
      tasks: [{ id: 'tiny', round, model }],
    });
    expect(run('restore', '--from', out, '--data', restored)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error \[data-folder\]: .*is not empty.*\n$/),
    });
    expect(run('serve', '--keep-rounds', '1.5').stderr).toMatch(/must be a whole number from 1/);
  });

  it('say what is missing', () => {
    expect(run('verify', '--data', join(folder, 'nothing')).stderr).toMatch(
      /^error \[data-folder\]: .*holds no coordinator's state/,
    );
    run(
      'create-task',
      join(folder, 'task.json'),
      '--extractor',
      join(folder, 'tiny.fhx'),
      '--data',
      data(),
    );
    expect(run('verify', '--data', data(), '--task', 'x')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error \[unknown-task\]/),
    });
  });
});
