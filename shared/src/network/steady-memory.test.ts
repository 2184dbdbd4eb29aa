import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { randomBits } from '../kernels/testing/both-connectors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { mnistTask } from '../task/built-in.js';
import { initialModel } from './initial-model.js';
import { LocalTrainer } from './local-trainer.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

it('10,000 training steps leave no memory behind', async () => {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 },
    hidden: [32],
    training: { batch: 16 },
    federation: { rounds: 1, goal: 1 },
  });
  const trainer = await LocalTrainer.create(task);
  trainer.load(initialModel(task));
  const random = new Random(deriveSeed(1, 'steady'));
  const data = {
    bits: randomBits(16, 64, random),
    labels: Int32Array.from({ length: 16 }, () => random.below(10)),
  };
  const samples = Uint32Array.from({ length: 16 }, (_, i) => i);
  const used = () => {
    collectGarbage();
    const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
    return { heap, outside };
  };
  const train = () => {
    for (let step = 0; step < 10_000; step++) trainer.step(data, samples, 0.001);
  };
  train();
  const before = used();
  train();
  const after = used();
  // WebAssembly memory grows by pages of 65,536 bytes; ten bytes kept a step are 100,000.
  expect(after.outside - before.outside).toBeLessThan(65_536);
  expect(after.heap - before.heap).toBeLessThan(100_000);
});
