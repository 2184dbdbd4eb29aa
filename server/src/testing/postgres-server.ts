/**
 * For tests: a PostgreSQL server of their own, from the programs of the machine, on a free port of
 * 127.0.0.1, with durability as it is in production.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface PostgresServer {
  /** Makes an empty database. @returns its address */
  database(): Promise<string>;
  stop(): Promise<void>;
}

/** The folder of initdb and postgres, or null. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** Why no server can be started here, or null. The name of a skipped test says it. */
export function postgresMissing(): string | null {
  return postgresPrograms() === null ? 'needs PostgreSQL: apt-get install postgresql' : null;
}

/** Ready for connections when the promise resolves. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('no PostgreSQL on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'fedhybnn-postgres-'));
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? userOf('postgres') : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const environment = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'fedhybnn', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    { ...environment, stdio: 'pipe' },
  );
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'shared_buffers=16MB',
    'max_connections=60',
    'autovacuum=off',
  ];
  // The shell ends the server when its input ends: also where this process is killed.
  const server = spawn(
    'sh',
    [
      ...['-c', '"$0" "$@" & server=$!; read -r _; kill -QUIT $server; wait $server'],
      ...[join(programs, 'postgres'), '-D', data],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...environment, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let log = '';
  server.stderr?.on('data', (text) => {
    log = `${log}${text}`.slice(-4000);
  });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = (name: string) => `postgres://fedhybnn@127.0.0.1:${port}/${name}`;
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended at once:\n${log}`);
    return query(address('postgres'), 'select 1').then(
      () => true,
      () => false,
    );
  });
  let databases = 0;
  return {
    async database() {
      const name = `test_${process.pid}_${++databases}`;
      await query(address('postgres'), `create database ${name}`);
      return address(name);
    },
    async stop() {
      server.stdin?.end();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function userOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('PostgreSQL did not start within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
