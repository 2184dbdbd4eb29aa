import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { simulateInOneThread } from './testing/one-thread.js';
import { tinySimulation } from './testing/tiny-simulation.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

it('2,000 rounds take no more memory than 200, but for what they tell', async () => {
  const rounds = 2000;
  const used: number[] = [];
  const settings = { rounds, goal: 1, minimum: 1, overSelect: 2 };
  const result = await simulateInOneThread({
    ...tinySimulation(settings, 'block-vote'),
    behavior: { answer: ({ client }) => ({ kind: 'update', afterMs: client }) },
    evaluateEvery: 1000,
    onRound: ({ round }) => {
      if (round !== 200 && round !== rounds) return;
      collectGarbage();
      const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
      used.push(heap + outside);
    },
  });
  expect(result.rounds).toHaveLength(rounds);
  // 1,800 models would take 22 MB; what is told of a round takes some 0.5 kB.
  expect(used[1] - used[0]).toBeLessThan(3_000_000);
}, 120_000);
