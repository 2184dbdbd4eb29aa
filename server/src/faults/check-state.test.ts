import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt, RoundClosed } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskInFolder } from '../folder-commands.js';
import { startCoordinator } from '../start.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { tinyExtractor, tinyTask, until, votingClient } from '../testing/tiny-federation.js';
import { checkState } from './check-state.js';
import type { ResumingVoter } from './resuming-voter.js';

const task = tinyTask({ rounds: 2 });
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fedhybnn-check-'));
});
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

/** A client as it remembers things; truth or not. */
function voter(
  client: string,
  receipts: Iterable<[number, Receipt]>,
  { sent = [] as string[], refused = [] as string[], closed = [] as [number, RoundClosed][] } = {},
): ResumingVoter {
  return {
    client,
    receipts: new Map(receipts),
    closed: new Map(closed),
    sent: new Set(sent),
    refused: new Set(refused),
    problems: [],
  } as unknown as ResumingVoter;
}

/** Two rounds of three clients, played and at rest; each client with what it rightly remembers. */
async function played(): Promise<ResumingVoter[]> {
  const running = await startCoordinator({ data, port: 0 });
  try {
    await running.createTask(task, { extractor: tinyExtractor });
    const ids = ['a', 'b', 'c'];
    const clients = await Promise.all(ids.map((id) => votingClient(running.url, task, id)));
    await until(() => clients.every(({ closed }) => closed.length === 2), 'both rounds');
    for (const { socket } of clients) socket.disconnect();
    return clients.map(({ id, receipts, closed }) =>
      voter(id, receipts, {
        sent: [...receipts.values()].map(({ digest }) => digest),
        closed: closed.map((message) => [message.round, message]),
      }),
    );
  } finally {
    await running.close();
  }
}

const check = (voters: readonly ResumingVoter[], seen = new Map<number, string>()) =>
  checkState({ place: { data }, task, voters, seen, created: true, settled: true });

/** Changes the database behind the coordinator's back. */
async function meddle(update: { round: number; client: string; digest: string }): Promise<void> {
  const store = await openEmbeddedStore(data);
  const frame = Uint8Array.of(1);
  await store.commitUpdates([{ task: task.id, ...update, frame }]);
  await store.close();
}

describe('the check after a fault', () => {
  it('finds nothing wrong where nothing is, also when it is repeated', async () => {
    const voters = await played();
    const seen = new Map<number, string>();
    const good = { rounds: 2, acked: 6, lost: 0, problems: [] };
    expect(await check(voters, seen)).toEqual(good);
    expect([...seen.keys()]).toEqual([1, 2]);
    expect(await check(voters, seen)).toEqual(good);
  });

  it('finds receipts of which the store knows nothing, or something else', async () => {
    const [a, b, c] = await played();
    const [[, receipt]] = a.receipts;
    const promised = new Map(a.receipts).set(3, { ...receipt, sequence: 99 });
    const lost = await check([voter('a', promised, { sent: [...a.sent] }), b, c]);
    expect(lost).toMatchObject({ lost: 1, problems: [/receipt 99 of round 3.*I1/].map(matching) });
    const other = new Map(a.receipts).set(1, { ...receipt, digest: 'f'.repeat(64) });
    const differs = await check([voter('a', other, { sent: [...a.sent] }), b, c]);
    expect(differs).toMatchObject({ lost: 1, problems: [matching(/of round 1.*I1/)] });
  });

  it('finds what was never sent, refused, or never acked', async () => {
    const [a, b, c] = await played();
    const sent = [...a.sent];
    const unsent = await check([voter('a', a.receipts, { sent: sent.slice(1) }), b, c]);
    expect(unsent.problems).toEqual([matching(/never sent.*I2/)]);
    const refused = await check([voter('a', a.receipts, { sent, refused: [sent[0]] }), b, c]);
    expect(refused.problems).toEqual([matching(/was refused.*I2/)]);
    const unacked = await check([voter('a', [...a.receipts].slice(1), { sent }), b, c]);
    expect(unacked.problems).toEqual([matching(/without a receipt.*I2/)]);
  });

  it('finds an update in two rounds, and a journal that does not count what is stored', async () => {
    const voters = await played();
    const [digest] = voters[0].sent;
    await meddle({ round: 3, client: 'a', digest });
    expect((await check(voters)).problems).toEqual([matching(/two rounds.*I1/)]);
    await meddle({ round: 2, client: 'd', digest: 'e'.repeat(64) });
    const { problems } = await check(voters);
    expect(problems).toContainEqual(matching(/round 2: .*I3, I4/));
    expect(problems).toContainEqual(matching(/d: round 2 .*never sent.*I2/));
  });

  it('finds rounds that have changed, are gone, or were told otherwise', async () => {
    const voters = await played();
    const changed = await check(voters, new Map([[2, 'another chain hash']]));
    expect(changed.problems).toEqual([matching(/round 2 has changed.*I5/)]);
    const gone = await check(voters, new Map([[3, 'a round that is not there']]));
    expect(gone.problems).toEqual([matching(/1 rounds gone.*I5/)]);
    const [a, b, c] = voters;
    const closed = [...a.closed].map(([round, message]): [number, RoundClosed] => [
      round,
      { ...message, model: '0'.repeat(64) },
    ]);
    const told = await check([voter('a', a.receipts, { sent: [...a.sent], closed }), b, c]);
    expect(told.problems).toEqual([1, 2].map((n) => matching(`another model of round ${n}`)));
  });

  it('finds a task that is gone', async () => {
    await createTaskInFolder({ data }, { ...task, id: 'other' }, { extractor: tinyExtractor });
    expect((await check([])).problems).toEqual(['the task is gone']);
  });
});

const matching = (text: string | RegExp) => expect.stringMatching(text);
