import { InlineTrainer, MemoryStorage, type Trainer } from '@fedhybnn/client';
import { verifyFolder } from '@fedhybnn/server';
import type { Task } from '@fedhybnn/shared';
import { afterEach, describe, expect, it } from 'vitest';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyTask } from './tiny-federation.js';

let coordinator: TinyCoordinator | undefined;
afterEach(async () => {
  await coordinator?.remove();
  coordinator = undefined;
});

async function start(task: Task, options = {}): Promise<TinyCoordinator> {
  coordinator = await TinyCoordinator.start(task, options);
  return coordinator;
}

/** Calls `before` in each round, before it trains. */
function slowTrainer(before: (round: number) => Promise<void>): Trainer {
  const inline = new InlineTrainer();
  return {
    prepare: async (task, data, samples) => {
      const prepared = await inline.prepare(task, data, samples);
      return {
        train: async (request) => {
          await before(request.round);
          return prepared.train(request);
        },
      };
    },
    close: () => inline.close(),
  };
}

/** Plays `rounds` rounds and is stuck in the next. */
function stuckAfter(rounds: number): Trainer {
  return slowTrainer((round) => (round > rounds ? new Promise(() => {}) : Promise.resolve()));
}

/** The final model of an undisturbed federation of three. */
async function undisturbed(task: Task): Promise<string> {
  const tiny = await TinyCoordinator.start(task);
  try {
    const clients = await Promise.all(['a', 'b', 'c'].map((name) => tiny.join(name)));
    const [{ model }] = await Promise.all(clients.map(({ session }) => session.finished));
    return model.sha256;
  } finally {
    await tiny.remove();
  }
}

describe('clients of a coordinator that stops and starts again', () => {
  it('resume by themselves, between rounds and within, and reach the same model', async () => {
    const task = tinyTask({ rounds: 6 });
    const tiny = await start(task);
    let restarts = 0;
    const restart = async () => {
      restarts++;
      await tiny.stop();
      await tiny.startAgain();
    };
    // In round 2 nothing has arrived yet; in round 4 two updates are committed.
    const [a, b] = await Promise.all([tiny.join('a'), tiny.join('b')]);
    const c = await tiny.join('c', {
      trainer: slowTrainer(async (round) => {
        if (round === 2 && restarts === 0) await restart();
        if (round === 4 && restarts === 1) {
          await Promise.all([a, b].map((each) => each.heard('accepted', (e) => e.round === 4)));
          await restart();
        }
      }),
    });
    const clients = [a, b, c];
    const summaries = await Promise.all(clients.map(({ session }) => session.finished));
    expect(restarts).toBe(2);
    const expected = await undisturbed(task);
    for (const { model, contributed } of summaries) {
      expect(model).toEqual({ round: 6, sha256: expected });
      expect(contributed).toBe(6);
    }
    for (const client of clients) expect(client.of('offline').length).toBeGreaterThan(1);
    await tiny.stop();
    expect(await verifyFolder(tiny.folder)).toMatchObject([{ rounds: 6 }]);
  });

  it('come back under their names with what their storages hold', async () => {
    const tiny = await start(tinyTask({ rounds: 4, goal: 2 }));
    const storages = [new MemoryStorage(), new MemoryStorage()];
    const first = await Promise.all(
      ['x', 'y'].map((client, i) =>
        tiny.join(client, { storage: storages[i], trainer: stuckAfter(2) }),
      ),
    );
    await first[0].heard('published', ({ round }) => round === 2);
    await Promise.all(first.map(({ session }) => session.stop()));
    await tiny.stop();
    await tiny.startAgain();
    const again = await Promise.all(
      storages.map((storage) => tiny.join('data', { client: undefined, storage })),
    );
    expect(again.map(({ session }) => session.client)).toEqual(['x', 'y']);
    const summaries = await Promise.all(again.map(({ session }) => session.finished));
    expect(summaries[0].model).toEqual(summaries[1].model);
    expect(summaries[0].model.round).toBe(4);
  });
});

describe('a client whose token has expired', () => {
  it('gets a new one by itself, on the socket and for a large update', async () => {
    const second = { tokenHours: 1 / 3600 };
    const task = tinyTask({ rounds: 2, goal: 1, rule: 'fedavg', hidden: [257] });
    const tiny = await start(task, second);
    const storage = new MemoryStorage();
    const first = await tiny.join('a', { storage, trainer: stuckAfter(1) });
    await first.heard('published');
    await first.session.stop();
    const stored = (await storage.load())!;
    // This device's clock is far behind: it still believes in the token.
    await storage.save({ ...stored, expiresAt: Number.MAX_SAFE_INTEGER });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const renewed = await tiny.join('a', { client: undefined, storage });
    expect(await renewed.session.finished).toMatchObject({ client: 'a', model: { round: 2 } });
    expect((await storage.load())?.token).not.toBe(stored.token);
  });

  it('renews it while a round is open, and the update counts', async () => {
    const task = tinyTask({ rounds: 1, goal: 1, rule: 'fedavg', hidden: [257] });
    const tiny = await start(task, { tokenHours: 1 / 3600 });
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 1100));
    const client = await tiny.join('a', { trainer: slowTrainer(wait) });
    expect(await client.session.finished).toMatchObject({ contributed: 1 });
    expect(client.of('refused')).toEqual([]);
  });
});
