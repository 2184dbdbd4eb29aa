import { describe, expect, it } from 'vitest';
import { loadHead } from '../inference/index.js';
import { randomBits } from '../kernels/testing/both-connectors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { mnistTask } from '../task/built-in.js';
import type { Task } from '../task/task.js';
import { exportHead } from './export-head.js';
import { HeadEvaluator } from './head-evaluator.js';
import { initialModel } from './initial-model.js';

type Head = Partial<Task['head']>;

function taskWith(head: Head): Task {
  const task = mnistTask({
    extractor: { sha256: 'a'.repeat(64), kind: 'pixels', bits: 150 },
    hidden: [70, 33],
    federation: { rounds: 1, goal: 1, seed: 5 },
  });
  return { ...task, head: { ...task.head, ...head } };
}

describe('an exported head', () => {
  it.each<Head>([
    { outputLayer: 'hadamard' },
    { outputLayer: 'trained' },
    { outputLayer: 'hadamard', weights: 'ternary' },
    { outputLayer: 'trained', weights: 'ternary' },
    { outputLayer: 'trained', weights: 'scaled' },
  ])('answers as the model that it was made of: %o', async (head) => {
    const task = taskWith(head);
    const model = initialModel(task);
    const bits = randomBits(40, 150, new Random(deriveSeed(1, 'samples')));
    const logits = (await HeadEvaluator.create(task)).logits(model, bits);
    const loaded = await loadHead(exportHead(task, model));
    expect(loaded.metadata).toMatchObject({ labels: task.labels, extractor: 'a'.repeat(64) });
    for (let i = 0; i < bits.rows; i++) {
      loaded.input.set(bits.row(i));
      const own = logits.subarray(10 * i, 10 * i + 10);
      expect(loaded.predict()).toBe(own.indexOf(Math.max(...own)));
    }
  });
});

it('a head that its file cannot hold is refused, with the reason', () => {
  const task = taskWith({});
  const real: Task = { ...task, federation: { ...task.federation, rule: { kind: 'fedavg-fp32' } } };
  expect(() => exportHead(real, initialModel(real))).toThrow(/real-valued head/);
  const layers = [{ filters: 4, pool: true }];
  const convolution = { width: 15, height: 10, channels: 1, layers };
  const pixels = taskWith({ convolution });
  expect(() => exportHead(pixels, initialModel(pixels))).toThrow(/no convolutions/);
});
