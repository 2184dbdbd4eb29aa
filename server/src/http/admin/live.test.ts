import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join as joinPath } from 'node:path';
import {
  coordinatorReplySchema,
  decodeExtractorFile,
  extractorsReplySchema,
  liveFederationReplySchema,
  loadHead,
  mnistTask,
  overviewReplySchema,
  parameterCount,
  parse,
  participantsReplySchema,
  sha256Hex,
  taskHash,
  timedRoundsReplySchema,
  type VerificationReply,
  verificationReplySchema,
} from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../../start.js';
import { operatorOf, type TestOperator } from '../../testing/operator.js';
import { tinyExtractor, tinyTask, until, votingClient } from '../../testing/tiny-federation.js';

let data: string;
let running: RunningCoordinator;
let ask: TestOperator['ask'];
const task = tinyTask({ rounds: 2, ready: 2, goal: 2, robust: { reputation: { lowest: -6 } } });

beforeEach(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-live-'));
  running = await startCoordinator({ data, port: 0 });
  ask = (await operatorOf(running.url, data)).ask;
});
afterEach(async () => {
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

const get = async <T>(schema: Parameters<typeof parse<T>>[0], path: string): Promise<T> =>
  parse(schema, (await ask('GET', path)).body, path);

/** Two clients play the federation to its end. */
async function playedToItsEnd() {
  await running.createTask(task, { extractor: tinyExtractor });
  const clients = await Promise.all(['a', 'b'].map((id) => votingClient(running.url, task, id)));
  await until(() => running.allEnded(), 'the end');
  for (const { socket } of clients) socket.disconnect();
}

async function verified(): Promise<VerificationReply> {
  const path = '/v1/admin/tasks/tiny/verification';
  let now = parse(verificationReplySchema, (await ask('POST', path)).body, path);
  await until(async () => {
    now = await get(verificationReplySchema, path);
    return now.finishedAt !== null;
  }, 'the verification');
  return now;
}

describe('an operator who watches', () => {
  it('sees who has answered the open round, and how long the others have', async () => {
    await running.createTask(task, { extractor: tinyExtractor });
    const clients = [
      await votingClient(running.url, task, 'a'),
      await votingClient(running.url, task, 'b', { answers: false }),
    ];
    const see = async () => (await get(overviewReplySchema, '/v1/admin/overview')).federations[0];
    await until(async () => (await see()).open?.arrived === 1, 'the first update');
    const seen = await see();
    expect(seen).toMatchObject({ id: 'tiny', phase: 'OPEN', round: 0, rounds: 2, ready: 2 });
    expect(seen.open).toMatchObject({ round: 1, attempt: 1, cohort: 2, lastsMs: 5000 });
    expect(seen.open?.leftMs).toBeGreaterThan(0);
    expect(seen.open?.leftMs).toBeLessThanOrEqual(5000);
    expect(seen).toMatchObject({ totals: { counted: 0 }, afterRound: 'continue' });
    await ask('POST', '/v1/admin/tasks/tiny/pause');
    expect(await see()).toMatchObject({ phase: 'OPEN', afterRound: 'pause' });
    for (const { socket } of clients) socket.disconnect();
  });

  it('sees rounds with their times, what they took, and how updates were answered', async () => {
    const before = Date.now();
    await playedToItsEnd();
    const { rounds } = await get(timedRoundsReplySchema, '/v1/admin/tasks/tiny/rounds?after=0');
    expect(rounds.map(({ round, counted }) => [round, counted])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    for (const { openedAt, publishedAt } of rounds) {
      expect(openedAt).toBeGreaterThanOrEqual(before);
      expect(publishedAt).toBeGreaterThanOrEqual(openedAt!);
    }
    const live = await get(liveFederationReplySchema, '/v1/admin/tasks/tiny');
    const sum = (pick: (round: (typeof rounds)[number]) => number) =>
      rounds.reduce((total, round) => total + pick(round), 0);
    expect(live).toMatchObject({
      ...{ phase: 'ENDED', round: 2, open: null, answers: { accepted: 4 } },
      ...{ parameters: parameterCount(task), latestModel: rounds[1].model },
      totals: {
        counted: 4,
        uplinkBytes: sum(({ uplinkBytes }) => uplinkBytes),
        downlinkBytes: sum(({ downlinkBytes, counted }) => downlinkBytes * counted),
      },
      recent: [
        { round: 1, accuracy: null },
        { round: 2, accuracy: null },
      ],
    });
    expect((await ask('GET', '/v1/admin/tasks/cats')).body.code).toBe('unknown-task');
  });

  it('sees what participants did', async () => {
    await playedToItsEnd();
    const path = '/v1/admin/tasks/tiny/participants';
    const { participants } = await get(participantsReplySchema, path);
    expect(participants).toMatchObject([
      { client: 'a', device: 'program', refused: 0, updates: 2 },
      { client: 'b', device: 'program', refused: 0, updates: 2 },
    ]);
    for (const { sentBytes, answerMs, seenAt, reputation } of participants) {
      expect(sentBytes).toBeGreaterThan(0);
      expect(answerMs).toBeGreaterThanOrEqual(0);
      expect(seenAt).toBeLessThanOrEqual(Date.now());
      expect(reputation).not.toBeNull();
    }
    await until(
      async () =>
        (await get(participantsReplySchema, path)).participants.every((one) => !one.connected),
      'the end of the sockets',
    );
  });

  it('sees what the state takes', async () => {
    await playedToItsEnd();
    const { storage, sockets, startedAt } = await get(
      coordinatorReplySchema,
      '/v1/admin/coordinator',
    );
    expect(startedAt).toBeLessThanOrEqual(Date.now());
    expect(sockets).toBeGreaterThanOrEqual(0);
    expect(storage).toMatchObject({ kind: 'sqlite' });
    expect(storage.databaseBytes).toBeGreaterThan(4096);
    expect(storage.freeBytes).toBeGreaterThan(0);
    expect(Object.fromEntries(storage.files.map(({ kind, count }) => [kind, count]))).toEqual({
      ...{ extractor: 1, model: 3, step: 2 },
    });
  });
});

describe('an operator who takes the model away', () => {
  it('gets the head that devices run', async () => {
    await playedToItsEnd();
    const { token } = (await ask('POST', '/v1/admin/api-tokens', { label: 'head', days: 1 })).body;
    const answer = await fetch(`${running.url}/v1/admin/tasks/tiny/head`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=tiny-round-2.fhh');
    const head = await loadHead(new Uint8Array(await answer.arrayBuffer()));
    expect(head.metadata.labels).toEqual(task.labels);
  });

  it('has the journal verified in another process', async () => {
    await playedToItsEnd();
    expect(await get(verificationReplySchema, '/v1/admin/tasks/tiny/verification')).toMatchObject({
      ...{ state: 'none', report: null },
    });
    const now = await verified();
    expect(now).toMatchObject({
      ...{ state: 'passed', round: 2, rounds: 2, error: null },
      report: { rounds: 2, forgotten: 0, updates: 4, waiting: 0 },
    });
    const { entries } = (await ask('GET', '/v1/admin/audit')).body;
    expect(entries[0]).toMatchObject({ action: 'verify-task', subject: 'tiny' });
  });

  it('is told what a broken journal breaks', async () => {
    await playedToItsEnd();
    const { latestModel } = await get(liveFederationReplySchema, '/v1/admin/tasks/tiny');
    const file = joinPath(data, 'files', latestModel.slice(0, 2), latestModel);
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(file, bytes);
    const { state, error } = await verified();
    expect([state, error?.code]).toEqual(['failed', 'journal-broken']);
    expect(error?.message).toMatch(/task tiny, round 2: .*\(I3/);
  });
});

describe('an operator who makes a task', () => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@fedhybnn/shared/extractors/mnist-pixels.fhx'));

  it('chooses among the extractors that ship and those that were uploaded', async () => {
    await ask('PUT', '/v1/admin/files/extractor', tinyExtractor);
    const { extractors } = await get(extractorsReplySchema, '/v1/admin/extractors');
    const files = readdirSync(folder).filter((name) => name.endsWith('.fhx'));
    expect(extractors.filter(({ shipped }) => shipped).map(({ sha256 }) => sha256)).toEqual(
      files.sort().map((name) => sha256Hex(readFileSync(joinPath(folder, name)))),
    );
    expect(extractors.filter(({ shipped }) => !shipped)).toEqual([
      {
        ...{ sha256: sha256Hex(tinyExtractor), kind: 'pixels', bits: 64, name: 'tiny' },
        ...{ bytes: tinyExtractor.length, shipped: false },
        input: { kind: 'image', width: 8, height: 8, channels: 1 },
      },
    ]);
  });

  it('need not upload one that ships', async () => {
    const file = readFileSync(joinPath(folder, 'mnist-pixels.fhx'));
    const { kind, bits } = decodeExtractorFile(file).header;
    const extractor = { sha256: sha256Hex(file), kind, bits };
    const wanted = mnistTask({ extractor, federation: { rounds: 1, goal: 1 } });
    const made = await ask('POST', '/v1/admin/tasks', { task: wanted });
    expect(made.body).toMatchObject({ hash: taskHash(wanted), phase: 'WAITING' });
    const served = await fetch(`${running.url}/v1/files/${extractor.sha256}`);
    expect(sha256Hex(new Uint8Array(await served.arrayBuffer()))).toBe(extractor.sha256);
  });

  it('is told at once that a file is not what it should be', async () => {
    for (const kind of ['extractor', 'evaluation']) {
      const answer = await ask('PUT', `/v1/admin/files/${kind}`, new Uint8Array([1, 2, 3]));
      expect([kind, answer.body.code]).toEqual([kind, 'file-corrupt']);
    }
    expect((await get(coordinatorReplySchema, '/v1/admin/coordinator')).storage.files).toEqual([]);
  });
});
