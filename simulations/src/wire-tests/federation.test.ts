import { type ClientStorage, InlineTrainer, MemoryStorage, type Trainer } from '@fedhybnn/client';
import { verifyFolder } from '@fedhybnn/server';
import { FRAME_OVERHEAD, type Task } from '@fedhybnn/shared';
import { afterEach, describe, expect, it } from 'vitest';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyBits, tinyImages, tinyTask } from './tiny-federation.js';

let coordinator: TinyCoordinator | undefined;
afterEach(async () => {
  await coordinator?.remove();
  coordinator = undefined;
});

async function start(task: Task, options = {}): Promise<TinyCoordinator> {
  coordinator = await TinyCoordinator.start(task, options);
  return coordinator;
}

/** Trains as asked, from the `free`th round on never. */
function stallingTrainer(free = 0): Trainer {
  const inline = new InlineTrainer();
  return {
    prepare: async (task, data, samples) => {
      const prepared = await inline.prepare(task, data, samples);
      return {
        train: (request) =>
          request.round <= free ? prepared.train(request) : new Promise<never>(() => {}),
      };
    },
    close: () => inline.close(),
  };
}

describe('clients and a coordinator on sockets', () => {
  it('three clients play three rounds to one model', async () => {
    const { join } = bound(await start(tinyTask({ rounds: 3 })));
    const clients = await Promise.all(['a', 'b', 'c'].map((name) => join(name)));
    const summaries = await Promise.all(clients.map(({ session }) => session.finished));
    const models = new Set(summaries.map(({ model }) => model.sha256));
    expect(models.size).toBe(1);
    for (const { why, contributed, model, accuracy, traffic } of summaries) {
      expect({ why, contributed, round: model.round }).toEqual({
        why: 'federation-ended',
        contributed: 3,
        round: 3,
      });
      expect(accuracy).toBeGreaterThan(0.6);
      expect(traffic.updates).toBe(3 * (FRAME_OVERHEAD + 2048 / 8));
      expect(traffic.models).toBe(3 * (FRAME_OVERHEAD + 2048 / 8));
    }
    for (const client of clients) {
      expect(client.of('published').map(({ round, counted }) => [round, counted])).toEqual([
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      expect(client.of('refused')).toEqual([]);
    }
  });

  it('images become the same bits as were given ready', async () => {
    const play = async (images: boolean) => {
      const { join, remove } = bound(await start(tinyTask({ rounds: 2, goal: 1 })));
      const data = images
        ? ({ kind: 'images', ...tinyImages(100, 3) } as const)
        : ({ kind: 'bits', data: tinyBits(100, 3) } as const);
      const client = await join('a', { data });
      const { model } = await client.session.finished;
      await remove();
      return { model: model.sha256, extracted: client.of('extracted').length };
    };
    const ready = await play(false);
    expect(await play(true)).toEqual({ model: ready.model, extracted: 1 });
    expect(ready.extracted).toBe(0);
  });

  it.each([
    ['by steps', 2, 10, undefined],
    ['by a snapshot', 9, 14, undefined],
    ['by a snapshot where the steps are forgotten', 4, 8, 1],
  ])('a late client catches up %s', async (how, joinsAfter, rounds, keepRounds) => {
    const task = tinyTask({ rounds, goal: 2, minimum: 1, ready: 2 });
    const { join } = bound(await start(task, { keepRounds }));
    const [first, second] = await Promise.all([
      join('a'),
      join('b', { trainer: stallingTrainer(joinsAfter) }),
    ]);
    await first.heard('published', ({ round }) => round === joinsAfter);
    // The second has stopped answering: in the next round the late client takes its place.
    const late = await join('c');
    await late.heard('online');
    await second.session.stop();
    const [one, other] = await Promise.all([first.session.finished, late.session.finished]);
    expect(other.model).toEqual(one.model);
    expect(other.contributed).toBe(rounds - joinsAfter - 1);
    const step = FRAME_OVERHEAD + 2048 / 8;
    const snapshot = FRAME_OVERHEAD + 2 * 2048;
    const caughtUp = how === 'by steps' ? joinsAfter * step : snapshot;
    expect(other.traffic.models).toBe(caughtUp + (rounds - joinsAfter) * step);
  });

  it('a client that stops answering does not hold a round beyond its deadline', async () => {
    const task = tinyTask({ rounds: 2, goal: 3, minimum: 2, deadlineMs: 2000 });
    const { join } = bound(await start(task));
    const clients = await Promise.all([
      join('a'),
      join('b'),
      join('c', { trainer: stallingTrainer(1) }),
    ]);
    const [first, , stalled] = await Promise.all(clients.map(({ session }) => session.finished));
    expect(clients[0].of('published').map(({ counted }) => counted)).toEqual([3, 2]);
    expect(stalled).toMatchObject({ contributed: 1, model: first.model });
    expect(clients[2].of('refused').map(({ code }) => code)).toEqual(['round-closed']);
  });

  it('a client that leaves is not waited for', async () => {
    const task = tinyTask({ rounds: 2, goal: 3, minimum: 2 });
    const { join } = bound(await start(task));
    const [first, second, leaving] = await Promise.all([
      join('a'),
      join('b'),
      join('c', { trainer: stallingTrainer() }),
    ]);
    await leaving.heard('round');
    await leaving.session.stop();
    // The next round opens with two ready clients only when the gathering time is over.
    await first.heard('published');
    expect(first.of('published')[0].counted).toBe(2);
    const third = await join('d');
    const summaries = await Promise.all(
      [first, second, third].map(({ session }) => session.finished),
    );
    expect(new Set(summaries.map(({ model }) => model.sha256)).size).toBe(1);
  });

  it('an update that is sent again gets the receipt of the first, and counts once', async () => {
    const { join, url, folder, stop } = bound(await start(tinyTask({ rounds: 2, goal: 2 })));
    const storage = forgetfulStorage();
    const trainer = stallingTrainer(1);
    const [first] = await Promise.all([join('a', { storage, trainer }), join('b')]);
    const { receipt } = await first.heard('accepted');
    await first.session.stop();
    // As after a crash between receipt and clearing: the outbox still holds the update.
    const again = await join('a', { url: `${url}/tiny`, client: undefined, storage });
    const repeated = await again.heard('accepted');
    expect(repeated).toMatchObject({ round: 1, receipt });
    expect(again.session.client).toBe('a');
    await again.session.finished;
    expect(again.of('accepted').map(({ round }) => round)).toEqual([1, 2]);
    expect(again.of('published').at(-1)).toMatchObject({ round: 2, counted: 2 });
    await stop();
    expect((await verifyFolder(folder))[0]).toMatchObject({ rounds: 2 });
  });

  it('updates too large for a socket message go by HTTP', async () => {
    const { join } = bound(
      await start(tinyTask({ rounds: 2, goal: 2, rule: 'fedavg', hidden: [257] })),
    );
    const clients = await Promise.all(['a', 'b'].map((name) => join(name)));
    const summaries = await Promise.all(clients.map(({ session }) => session.finished));
    const frame = FRAME_OVERHEAD + 4 * 64 * 257;
    expect(frame).toBeGreaterThan(64 * 1024);
    for (const summary of summaries) {
      expect(summary).toMatchObject({ contributed: 2, model: summaries[0].model });
      expect(summary.traffic.updates).toBe(2 * frame);
    }
  });

  it('a join link lets in as many as it says, and whoever has come before comes back without', async () => {
    const task = tinyTask({ rounds: 2, goal: 2, ready: 2 });
    const tiny = await start(task, { admission: 'code' });
    await expect(tiny.join('a')).rejects.toMatchObject({ code: 'join-code-missing' });
    const url = await tiny.joinLink(task, 2);
    const storage = new MemoryStorage();
    const first = await tiny.join('a', { url, storage });
    await first.session.stop();
    const clients = [await tiny.join('b', { url }), await tiny.join('a', { storage })];
    await expect(tiny.join('c', { url })).rejects.toMatchObject({ code: 'join-code-invalid' });
    const summaries = await Promise.all(clients.map(({ session }) => session.finished));
    expect(summaries.map(({ why }) => why)).toEqual(['federation-ended', 'federation-ended']);
  });

  it('a taken name, an unknown task and wrong data each end with one clear error', async () => {
    const { join, url } = bound(await start(tinyTask()));
    await join('a');
    await expect(join('a')).rejects.toMatchObject({ code: 'client-taken' });
    await expect(join('b', { url: `${url}/nothing` })).rejects.toMatchObject({
      code: 'unknown-task',
      message: expect.stringContaining('tiny'),
    });
    const { bits } = tinyBits(3, 1);
    const labels = new Int32Array([0, 1, 4]);
    await expect(
      join('c', { data: { kind: 'bits', data: { bits, labels } } }),
    ).rejects.toMatchObject({ code: 'bad-request', message: expect.stringContaining('label 4') });
  });
});

/** The methods as functions, so that they can be taken apart. */
function bound(tiny: TinyCoordinator) {
  return {
    join: tiny.join.bind(tiny),
    remove: tiny.remove.bind(tiny),
    stop: tiny.stop.bind(tiny),
    url: tiny.url,
    folder: tiny.folder,
  };
}

/** A storage that once has kept an update never learns that it was cleared. */
function forgetfulStorage(): ClientStorage {
  const memory = new MemoryStorage();
  return {
    load: () => memory.load(),
    save: async (client) => {
      const kept = (await memory.load())?.pending;
      await memory.save(kept && !client.pending ? { ...client, pending: kept } : client);
    },
  };
}
