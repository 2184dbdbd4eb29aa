import { BitMatrix, type SingleLabelBits } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { simulateOverSockets } from '../wire/over-sockets.js';
import { simulateInProcess } from './in-process.js';
import type { RoundMetrics } from './round-metrics.js';
import type { Simulation } from './simulation.js';
import { test, tinySimulation, training } from './testing/tiny-simulation.js';

describe('a simulated federation', () => {
  it('learns, and tells every round as it is published', async () => {
    const rounds: RoundMetrics[] = [];
    const result = await simulateInProcess({
      ...tinySimulation({ rounds: 12 }),
      onRound: (round) => rounds.push(round),
    });
    expect(rounds).toEqual(result.rounds);
    expect(rounds.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(rounds.every(({ counted }) => counted === 5)).toBe(true);
    expect(rounds.at(-1)?.accuracy).toBeGreaterThan(0.8);
    expect(rounds.at(-1)?.modelHash).toBe(result.modelHash);
    // One bit a parameter and 88 bytes of frame, up for each update, down for each cohort member.
    const frame = 128 * 48 * (1 / 8) + 88;
    expect(rounds[0]).toMatchObject({ uplinkBytes: 5 * frame, downlinkBytes: 5 * frame });
  });

  it.each(['sign-vote', 'block-vote', 'flip-vote', 'fedavg-fp32'] as const)(
    'gives the same models with any number of workers and over real sockets: %s',
    async (rule) => {
      const hashes = ({ rounds }: { rounds: readonly RoundMetrics[] }) =>
        rounds.map(({ modelHash, accuracy, uplinkBytes, downlinkBytes }) => ({
          modelHash,
          accuracy,
          uplinkBytes,
          downlinkBytes,
        }));
      const spec = 'dirichlet';
      const two = hashes(await simulateInProcess(tinySimulation({ spec }, rule)));
      expect(two).toHaveLength(4);
      expect(hashes(await simulateInProcess(tinySimulation({ spec, workers: 1 }, rule)))).toEqual(
        two,
      );
      expect(hashes(await simulateOverSockets(tinySimulation({ spec }, rule)))).toEqual(two);
    },
  );

  it('learns several labels a sample, in process and over real sockets alike', async () => {
    // Digit labels turned into three questions: at least 5, odd, and a prime.
    const questions = (data: SingleLabelBits) => {
      const targets = BitMatrix.create(data.bits.rows, 3);
      data.labels.forEach((label, i) => {
        [label >= 5, label % 2 === 1, [2, 3, 5, 7].includes(label)].forEach((answer, n) => {
          targets.set(i, n, answer);
        });
      });
      return { bits: data.bits, targets };
    };
    const single = tinySimulation({ rounds: 8 });
    const multiLabel: Simulation = {
      ...single,
      task: {
        ...single.task,
        labels: ['at least 5', 'odd', 'prime'],
        classification: 'multi-label',
        training: { ...single.task.training, loss: 'sigmoid-cross-entropy' },
      },
      training: questions(training),
      test: questions(test),
    };
    const inProcess = await simulateInProcess(multiLabel);
    const overSockets = await simulateOverSockets(multiLabel);
    expect(overSockets.modelHash).toBe(inProcess.modelHash);
    const accuracies = inProcess.rounds.map(({ accuracy }) => accuracy);
    expect(overSockets.rounds.map(({ accuracy }) => accuracy)).toEqual(accuracies);
    expect(accuracies.at(-1)).toBeGreaterThan(0.75);
  });

  it('gives another model for another seed', async () => {
    const one = await simulateInProcess(tinySimulation());
    const other = await simulateInProcess(tinySimulation({ seed: 5 }));
    expect(other.modelHash).not.toBe(one.modelHash);
  });

  it('counts only the goal of an over-selected cohort', async () => {
    const { rounds } = await simulateInProcess(tinySimulation({ overSelect: 1.6 }));
    expect(rounds.every(({ counted }) => counted === 5)).toBe(true);
  });

  it('stops after the round being played when it is interrupted, what was published staying valid', async () => {
    const stop = new AbortController();
    const whole = await simulateInProcess(tinySimulation());
    const part = await simulateInProcess({
      ...tinySimulation(),
      signal: stop.signal,
      onRound: ({ round }) => {
        if (round === 2) stop.abort();
      },
    });
    expect(part.rounds).toHaveLength(2);
    expect(part.modelHash).toBe(whole.rounds[1].modelHash);
  });
});
