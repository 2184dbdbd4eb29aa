import { describe, expect, it } from 'vitest';
import type { Answer, Behavior, PresenceChange } from './behavior.js';
import { simulateInProcess } from './in-process.js';
import { tinySimulation } from './testing/tiny-simulation.js';

const after = (afterMs: number): Answer => ({ kind: 'update', afterMs });

describe('simulated time', () => {
  it('a round is sealed when the goal is reached, by whoever answers first', async () => {
    const seen: number[][] = [];
    const behavior: Behavior = { answer: ({ client }) => after(1000 * (client + 1)) };
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ overSelect: 2.4, rounds: 2 }),
      behavior,
      observers: [
        {
          needsUpdates: true,
          observe: ({ updates }) => {
            seen.push(updates.map(({ client }) => client));
            return undefined;
          },
        },
      ],
    });
    // All twelve are chosen; the fifth fastest closes the round.
    expect(seen).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    expect(rounds.map(({ simulatedMs }) => simulatedMs)).toEqual([5000, 10_000]);
    const step = rounds[0].uplinkBytes / 5;
    expect(rounds[0].downlinkBytes).toBe(12 * step);
  });

  it('the deadline closes a round that silent clients hold up, and fewer updates count', async () => {
    const behavior: Behavior = {
      answer: ({ client }) => (client % 2 === 0 ? after(10) : { kind: 'silence' }),
    };
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ goal: 12, minimum: 3, ready: 12, rounds: 2, deadlineMs: 5000 }),
      behavior,
    });
    expect(rounds.map(({ counted, simulatedMs }) => [counted, simulatedMs])).toEqual([
      [6, 5000],
      [6, 10_000],
    ]);
  });

  it('nobody waits for clients that lost their connection; they come back for later rounds', async () => {
    const behavior: Behavior = {
      answer: ({ client, round }) =>
        round === 1 && client < 4
          ? { kind: 'drop-out', afterMs: 300, backAfterMs: 400 }
          : after(100),
    };
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ goal: 12, minimum: 3, ready: 12, gatherMs: 1000, rounds: 2 }),
      behavior,
    });
    expect(rounds.map(({ counted, simulatedMs }) => [counted, simulatedMs])).toEqual([
      [8, 300],
      // The four are back at 400 ms; then all twelve are ready and the round opens at once.
      [12, 500],
    ]);
  });

  it('an abandoned attempt keeps its updates, and the next one asks the others', async () => {
    const asked: [number, number][] = [];
    const behavior: Behavior = {
      answer: ({ client, attempt }) => {
        asked.push([attempt, client]);
        return attempt === 1 && client >= 2 ? { kind: 'silence' } : after(1);
      },
    };
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ goal: 12, minimum: 12, ready: 12, rounds: 1, deadlineMs: 500 }),
      behavior,
    });
    expect(rounds[0]).toMatchObject({ counted: 12, simulatedMs: 501 });
    expect(asked.filter(([attempt]) => attempt === 2).map(([, client]) => client)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });

  it('a client that goes before it answers is not counted, and is asked again when it comes back', async () => {
    const changes: PresenceChange[] = [
      ...Array.from({ length: 12 }, (_, client) => ({ atMs: 0, client, ready: true })),
      { atMs: 50, client: 3, ready: false },
      { atMs: 60, client: 3, ready: true },
    ];
    const asked: number[] = [];
    const behavior: Behavior = {
      answer: ({ client, nowMs }) => {
        if (client === 3) asked.push(nowMs);
        return after(100);
      },
      presence: () => changes,
    };
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ goal: 12, minimum: 12, ready: 12, rounds: 1 }),
      behavior,
    });
    expect(asked).toEqual([0, 60]);
    expect(rounds[0]).toMatchObject({ counted: 12, simulatedMs: 160 });
  });

  it('says so where a round can never be played', async () => {
    await expect(
      simulateInProcess({
        ...tinySimulation(),
        behavior: { answer: () => after(0), presence: () => [] },
      }),
    ).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('0 clients are ready, 5 updates are wanted'),
    });
  });

  it('who answers promptly gives the same model as nobody having a behavior', async () => {
    const plain = await simulateInProcess(tinySimulation());
    const prompt = await simulateInProcess({
      ...tinySimulation(),
      behavior: { answer: () => after(250) },
    });
    expect(prompt.modelHash).toBe(plain.modelHash);
    expect(plain.rounds[0]).not.toHaveProperty('simulatedMs');
  });
});
