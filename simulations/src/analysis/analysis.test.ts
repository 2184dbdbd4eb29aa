import {
  createEvaluator,
  describeHead,
  parameterCount,
  type RuleSettings,
  roundContext,
  ruleFor,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { simulateInProcess } from '../engine/in-process.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { test, tinySimulation, training } from '../engine/testing/tiny-simulation.js';
import { classAccuracies, confusionOf } from './class-accuracy.js';
import { analyzeModel } from './model-analysis.js';
import { createRoundObserver } from './round-observer.js';
import { coinAgreement, voteAgreement } from './vote-agreement.js';

describe('a confusion matrix', () => {
  it('counts answers by the true label, and gives the accuracy of each class', () => {
    const confusion = confusionOf(Int32Array.of(0, 0, 0, 1, 1), Int32Array.of(0, 2, 0, 1, 0), 3);
    expect(confusion).toEqual([
      [2, 0, 1],
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect(classAccuracies(confusion)).toEqual([2 / 3, 1 / 2, 0]);
  });
});

describe('the agreement of votes', () => {
  const { task } = tinySimulation();
  const layers = describeHead(task);
  const context = roundContext(task, 1, parameterCount(task));
  const rule = ruleFor(task.federation.rule);
  const bytes = rule.updateBytes(context.parameters);

  it('is 1 where all say the same, and counts each |S|/n in its bin', () => {
    const all = new Uint8Array(bytes).fill(0xff);
    const [same] = voteAgreement(rule, [all, all, all, all], context, layers);
    expect(same).toMatchObject({ layer: 0, mean: 1 });
    expect(same.histogram[20]).toBe(1);

    // Half of the parameters 3 : 1, the others 2 : 2.
    const half = new Uint8Array(bytes).fill(0xff, 0, bytes / 2);
    const none = new Uint8Array(bytes);
    const [split] = voteAgreement(rule, [all, half, none, none], context, layers);
    expect(split.mean).toBe(0.25);
    expect([split.histogram[0], split.histogram[10]]).toEqual([0.5, 0.5]);
  });

  it('is nothing for a rule that has no votes', () => {
    const averaging = ruleFor({ kind: 'fedavg' } as RuleSettings);
    expect(voteAgreement(averaging, [new Uint8Array(4)], context, layers)).toEqual([]);
  });

  it('of coins is known: 1, 1/2, 1/2, 3/8, … 126/512 for ten', () => {
    expect([1, 2, 3, 4, 10].map(coinAgreement)).toEqual([1, 0.5, 0.5, 0.375, 126 / 512]);
    expect(coinAgreement(1000)).toBeCloseTo(Math.sqrt(2 / (Math.PI * 1000)), 4);
  });
});

describe('what a kept run measures', () => {
  it.each(['sign-vote', 'block-vote', 'fedavg-fp32'] as const)(
    'fits the accuracy that the engine tells: %s',
    async (rule) => {
      const simulation = tinySimulation({ spec: 'dirichlet' }, rule);
      const { task, partition } = simulation;
      const evaluator = await createEvaluator(task);
      const rounds: RoundMetrics[] = [];
      const result = await simulateInProcess({
        ...simulation,
        observers: [createRoundObserver(task, test, evaluator)],
        onRound: (round) => rounds.push(round),
      });
      const data = { training, test, partition, round: 4 };
      const analysis = await analyzeModel(task, result.model, evaluator, data);

      const right = analysis.confusion?.reduce((sum, row, label) => sum + row[label], 0);
      expect(right).toBe(Math.round(result.accuracy * test.labels.length));
      const last = rounds.at(-1)?.extra;
      expect(last?.classAccuracy).toEqual(classAccuracies(analysis.confusion ?? []));
      expect(last?.payloadBytes).toBe((rounds.at(-1)?.uplinkBytes ?? 0) - 5 * 88);
      if (rule !== 'fedavg-fp32') {
        const mean = (last?.agreement as number[] | undefined)?.[0];
        expect(mean).toBeGreaterThan(coinAgreement(5));
        expect(mean).toBeLessThan(1);
        const shares = (last?.['agreement.1'] ?? []) as number[];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
      }

      expect(analysis.clientRows.reduce((sum, rows) => sum + rows, 0)).toBe(training.labels.length);
      const trained = evaluator.evaluate(result.model, training);
      const weighted = analysis.clientAccuracy.reduce(
        (sum, accuracy, c) => sum + accuracy * analysis.clientRows[c],
        0,
      );
      expect(weighted).toBeCloseTo(trained.correct, 0);
      const labels = analysis.clientLabels?.map((counts) => counts.reduce((a, b) => a + b, 0));
      expect(labels).toEqual(analysis.clientRows);
    },
  );
});
