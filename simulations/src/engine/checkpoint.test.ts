import { describe, expect, it } from 'vitest';
import { BootstrapPartition } from '../partitions/index.js';
import type { Behavior, PresenceChange } from './behavior.js';
import type { Checkpoint, Memory } from './checkpoint.js';
import { simulateInProcess } from './in-process.js';
import type { RoundMetrics } from './round-metrics.js';
import type { Simulation } from './simulation.js';
import { tinySimulation } from './testing/tiny-simulation.js';

/** All checkpoints of a run, as they come from a file. */
async function played(simulation: Simulation) {
  const checkpoints: Checkpoint[] = [];
  const result = await simulateInProcess({
    ...simulation,
    onRound: (_, checkpoint) => {
      if (checkpoint === undefined) throw new Error('no checkpoint');
      checkpoints.push({ ...checkpoint, ready: new Set(checkpoint.ready) });
    },
  });
  return { ...result, checkpoints };
}

const timeless = (rounds: readonly RoundMetrics[]) =>
  rounds.map(({ seconds: _, ...metrics }) => metrics);

async function expectSameFromEveryRound(make: () => Simulation): Promise<void> {
  const whole = await played(make());
  for (const [i, checkpoint] of whole.checkpoints.slice(0, -1).entries()) {
    const rounds = whole.rounds.slice(0, i + 1);
    const resumed = await simulateInProcess({ ...make(), resumed: { checkpoint, rounds } });
    expect(timeless(resumed.rounds)).toEqual(timeless(whole.rounds));
    expect(resumed.modelHash).toBe(whole.modelHash);
  }
}

describe('a checkpoint', () => {
  it('of any round lets a run go on to the same models', async () => {
    await expectSameFromEveryRound(() => tinySimulation({ rounds: 4 }, 'block-vote'));
  });

  it('keeps what defenses have learned of clients and rounds', async () => {
    const robust = { reputation: { lowest: -2 }, rootSet: { window: 2, maxDrop: 0.01 } };
    await expectSameFromEveryRound(() => ({
      ...tinySimulation({ rounds: 4, robust }),
      attack: (updates) =>
        updates.map(({ index, payload }) =>
          index < 3 ? payload.map((byte) => byte ^ 0xff) : payload,
        ),
    }));
  });

  it('keeps who is there, who is away, and when they come back', async () => {
    const dropsOut: Behavior = {
      answer: ({ client, round }) =>
        (client + round) % 4 === 0
          ? { kind: 'drop-out', afterMs: 40, backAfterMs: 260 }
          : { kind: 'update', afterMs: 60 + client },
    };
    const settings = { rounds: 6, goal: 5, minimum: 3, ready: 8, overSelect: 1.6 };
    await expectSameFromEveryRound(() => ({ ...tinySimulation(settings), behavior: dropsOut }));
    // One client after another goes for a while, for ever.
    const changes = function* (fromMs: number): Generator<PresenceChange> {
      const away = (client: number, ms: number) => Math.floor(ms / 50) % 12 === client;
      for (let client = 0; client < 12; client++) {
        if (!away(client, fromMs)) yield { atMs: fromMs, client, ready: true };
      }
      for (let slot = Math.floor(fromMs / 50) + 1; ; slot++) {
        yield { atMs: 50 * slot, client: slot % 12, ready: false };
        yield { atMs: 50 * slot, client: (slot + 11) % 12, ready: true };
      }
    };
    await expectSameFromEveryRound(() => ({
      ...tinySimulation(settings),
      behavior: { ...dropsOut, presence: changes },
    }));
  });

  it('keeps what observers and others remember, under their names', async () => {
    const make = (): Simulation => {
      let seen = 0;
      const memory: Memory = {
        name: 'counter',
        save: () => ({ seen }),
        restore: (saved) => {
          seen = Number((saved as { seen: number }).seen);
        },
      };
      return {
        ...tinySimulation({ rounds: 4 }),
        observers: [{ observe: () => ({ seen: ++seen }) }],
        memories: [memory],
      };
    };
    await expectSameFromEveryRound(make);
  });

  it('needs nothing of a partition that is derived', async () => {
    await expectSameFromEveryRound(() => {
      const simulation = tinySimulation({ rounds: 3, ready: 5000 });
      const bootstrap = { clients: 5000, samplesPerClient: 20, samples: 1200, seed: 4 };
      return { ...simulation, partition: new BootstrapPartition(bootstrap) };
    });
  });
});
