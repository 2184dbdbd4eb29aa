import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex, type Task } from '@fedhybnn/shared';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addOperator, operators } from '../access-commands.js';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { openStore, type StorePlace } from '../store/open-store.js';
import { type PostgresServer, postgresMissing, startPostgres } from '../testing/postgres-server.js';
import {
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';
import { backUp } from './backup.js';
import { readManifest } from './manifest.js';
import { restore } from './restore.js';

const task = tinyTask({ rounds: 100_000 });
const ids = ['a', 'b', 'c'];
const missing = postgresMissing();

let folder: string;
let running: RunningCoordinator | undefined;
let clients: VotingClient[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-backup-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const data = (name = 'data') => join(folder, name);
const out = () => join(folder, 'backup');

async function stop(): Promise<void> {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running?.close();
  running = undefined;
}

async function start(place: StorePlace, keepRounds?: number, played: Task = task) {
  running = await startCoordinator({ ...place, port: 0, keepRounds });
  await running.createTask(played, { extractor: tinyExtractor });
  return running.url;
}

const roundOf = async (url: string): Promise<number> =>
  (await (await fetch(`${url}/v1/tasks/tiny`)).json()).latest.round;

/** Plays, and backs up in the middle of it. */
async function playAndBackUp(place: StorePlace, keepRounds?: number) {
  const url = await start(place, keepRounds);
  clients = await Promise.all(ids.map((id) => votingClient(url, task, id)));
  await until(async () => (await roundOf(url)) >= 5, 'five rounds');
  const manifest = await backUp(place, out(), '0.1.0');
  const { round } = manifest.tasks[0];
  await until(async () => (await roundOf(url)) > round + 2, 'rounds after the backup');
  const tokens = clients.map(({ token }) => token);
  await stop();
  return { manifest, round, tokens };
}

/** How many updates a round has. */
async function answersTo(place: StorePlace, round: number): Promise<number> {
  const store = await openStore(place);
  try {
    return (await store.updates('tiny', round)).length;
  } finally {
    await store.close();
  }
}

/** The same clients, by their old tokens, play on. */
async function playOn(place: StorePlace, round: number, tokens: readonly string[]): Promise<void> {
  // A round whose answers had all come in when the backup was taken is published by the start.
  const answered = await answersTo(place, round + 1);
  const url = await start(place);
  const first = await roundOf(url);
  expect(first).toBeGreaterThanOrEqual(round);
  expect(first).toBeLessThanOrEqual(answered === ids.length ? round + 1 : round);
  clients = await Promise.all(
    ids.map((id, i) => votingClient(url, task, id, { token: tokens[i] })),
  );
  await until(async () => (await roundOf(url)) >= round + 2, 'rounds after the restore');
  await stop();
  const [report] = await verifyFolder(place.data, undefined, place.database);
  expect(report.rounds).toBeGreaterThanOrEqual(round + 2);
}

/** Every row that a receipt or the chain rests on. */
async function rowsOf(place: StorePlace) {
  const store = await openStore(place);
  try {
    const journal = await store.journal('tiny', 0, 100_000);
    const updates = [];
    for (let round = 1; round <= journal.length + 1; round++) {
      updates.push(...(await store.updates('tiny', round)));
    }
    return { journal, updates, tasks: await store.tasks(), files: (await store.files()).sort() };
  } finally {
    await store.close();
  }
}

describe('a backup beside a coordinator that plays', () => {
  it('is whole, restores, and the federation goes on with the old tokens', async () => {
    const { manifest, round, tokens } = await playAndBackUp({ data: data() });
    expect(await readManifest(out())).toEqual(manifest);
    for (const { path, bytes, sha256 } of manifest.files) {
      const contents = await readFile(join(out(), path));
      expect([contents.length, sha256Hex(contents)]).toEqual([bytes, sha256]);
    }
    expect(statSync(join(out(), 'token-secret')).mode & 0o777).toBe(0o600);
    expect((await readdir(out())).sort()).toEqual([
      ...['coordinator.db', 'files', 'manifest.json', 'token-secret'],
    ]);
    expect(await readdir(folder)).toEqual(['backup', 'data']);

    const place = { data: data('restored') };
    const [report] = await restore(out(), place);
    expect(report).toMatchObject({ rounds: round, model: manifest.tasks[0].model });
    expect(statSync(join(place.data, 'token-secret')).mode & 0o777).toBe(0o600);
    const original = await rowsOf({ data: data() });
    const restored = await rowsOf(place);
    expect(restored.journal).toEqual(original.journal.slice(0, round));
    expect(restored.updates).toEqual(original.updates.slice(0, restored.updates.length));
    await playOn(place, round, tokens);
  });

  it('that forgets old rounds meanwhile is whole all the same', async () => {
    const { round, tokens } = await playAndBackUp({ data: data() }, 1);
    const place = { data: data('restored') };
    const [report] = await restore(out(), place);
    expect(report.rounds + report.forgotten).toBe(round);
    expect(report.rounds).toBeLessThanOrEqual(2);
    const url = await start(place);
    clients = await Promise.all(
      ids.map((id, i) => votingClient(url, task, id, { token: tokens[i] })),
    );
    await until(async () => (await roundOf(url)) > round, 'a round after the restore');
  });
});

describe('a backup', () => {
  async function backup(): Promise<void> {
    const short = tinyTask({ rounds: 2 });
    const url = await start({ data: data() }, undefined, short);
    clients = await Promise.all(ids.map((id) => votingClient(url, short, id)));
    await until(() => running!.allEnded(), 'the end');
    await stop();
    await backUp({ data: data() }, out(), '0.1.0');
  }

  it("needs a coordinator's state and a new folder", async () => {
    await expect(backUp({ data: data('none') }, out(), '0.1.0')).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/holds no coordinator's state/),
    });
    await backup();
    await expect(backUp({ data: data() }, out(), '0.1.0')).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/^--out .*: exists/),
    });
  });

  it('of a store that has lost or changed a file fails, and leaves nothing behind', async () => {
    await backup();
    await rm(out(), { recursive: true });
    const { journal } = await rowsOf({ data: data() });
    const path = join(data(), 'files', journal[0].step.slice(0, 2), journal[0].step);
    await appendFile(path, 'x');
    await expect(backUp({ data: data() }, out(), '0.1.0')).rejects.toMatchObject({
      code: 'file-corrupt',
    });
    await rm(path);
    await expect(backUp({ data: data() }, out(), '0.1.0')).rejects.toMatchObject({
      code: 'unknown-file',
    });
    expect(await readdir(folder)).toEqual(['data']);
  });

  it('is not restored into a folder that has something, nor from one that is no backup', async () => {
    await backup();
    await expect(restore(out(), { data: data() })).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/is not empty/),
    });
    await expect(restore(data(), { data: data('restored') })).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/holds no backup/),
    });
  });

  it('that was damaged is refused, and nothing is left of the attempt', async () => {
    await backup();
    const { files } = await readManifest(out());
    for (const { path } of [files[0], files[1], files[files.length - 1]]) {
      const whole = await readFile(join(out(), path));
      const damaged = Buffer.from(whole);
      damaged[damaged.length >> 1] ^= 1;
      await writeFile(join(out(), path), damaged);
      await expect(restore(out(), { data: data('restored') })).rejects.toMatchObject({
        code: 'file-corrupt',
      });
      expect(await readdir(data('restored'))).toEqual([]);
      await writeFile(join(out(), path), whole);
    }
    await restore(out(), { data: data('restored') });
    expect(await rowsOf({ data: data('restored') })).toEqual(await rowsOf({ data: data() }));
  });

  it('whose list names a path outside is refused', async () => {
    await backup();
    const list = join(out(), 'manifest.json');
    const text = await readFile(list, 'utf8');
    await writeFile(list, text.replace('"token-secret"', '"../token-secret"'));
    await expect(restore(out(), { data: data('restored') })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(existsSync(data('restored'))).toBe(false);
  });

  it('that was being restored when the power went leaves a folder that nobody serves from', async () => {
    await backup();
    await mkdir(join(data('restored'), '.restoring'), { recursive: true });
    await expect(startCoordinator({ data: data('restored'), port: 0 })).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/restore was cut off here/),
    });
    await expect(restore(out(), { data: data('restored') })).rejects.toMatchObject({
      message: expect.stringMatching(/is not empty/),
    });
  });
});

const suite = `PostgreSQL${missing === null ? '' : ` (${missing})`}`;
describe.skipIf(missing !== null)(`backup and restore with ${suite}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it('goes from PostgreSQL to PostgreSQL, taken while rounds are played', async () => {
    const database = await server.database();
    const { manifest, round, tokens } = await playAndBackUp({ data: data(), database });
    expect(manifest.from).toBe('postgres');
    const place = { data: data('restored'), database: await server.database() };
    await restore(out(), place);
    const original = await rowsOf({ data: data(), database });
    const restored = await rowsOf(place);
    expect(restored.journal).toEqual(original.journal.slice(0, round));
    expect(restored.updates).toEqual(original.updates.slice(0, restored.updates.length));
    expect(existsSync(join(place.data, 'coordinator.db'))).toBe(false);
    await playOn(place, round, tokens);
  });

  it('goes from the embedded database to PostgreSQL, and back', async () => {
    // Writes to the audit log, whose entries are numbered as updates are.
    await addOperator({ data: data() }, 'anna', 'correct horse battery');
    const { round, tokens } = await playAndBackUp({ data: data() });
    const place = { data: data('moved'), database: await server.database() };
    await restore(out(), place);
    expect((await operators(place)).map(({ name }) => name)).toEqual(['anna']);
    await addOperator(place, 'bert', 'correct horse battery');
    await rm(out(), { recursive: true });
    await backUp(place, out(), '0.1.0');
    const back = { data: data('back') };
    await restore(out(), back);
    expect(await rowsOf(back)).toEqual(await rowsOf(place));
    await playOn(place, round, tokens);
    await playOn(back, round, tokens);
  });

  it('does not go into a database that has rows', async () => {
    const database = await server.database();
    await playAndBackUp({ data: data(), database });
    await expect(restore(out(), { data: data('restored'), database })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/its tables have rows/),
    });
    expect(await readdir(data('restored'))).toEqual([]);
  });
});
