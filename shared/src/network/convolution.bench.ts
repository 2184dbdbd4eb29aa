/**
 * How long is a training step of a head with convolutions? 28×28×1 → 16 filters, pooled → 32,
 * pooled → 256 → 10, Adam, batch 50. After a build: `node shared/dist/network/convolution.bench.js`.
 */
import { randomBits } from '../kernels/testing/both-connectors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { mnistTask } from '../task/built-in.js';
import { initialModel } from './initial-model.js';
import { LocalTrainer } from './local-trainer.js';

const BATCH = 50;

const layers = [16, 32].map((filters) => ({ filters, pool: true }));
const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 784 },
  convolution: { width: 28, height: 28, channels: 1, layers },
  hidden: [256],
  training: { batch: BATCH },
  federation: { rounds: 1, goal: 1 },
});
const random = new Random(deriveSeed(1, 'benchmark'));
const data = {
  bits: randomBits(BATCH, task.extractor.bits, random),
  labels: Int32Array.from({ length: BATCH }, () => random.below(task.labels.length)),
};
const samples = Uint32Array.from({ length: BATCH }, (_, i) => i);
const trainer = await LocalTrainer.create(task);
trainer.load(initialModel(task));

const times: number[] = [];
for (let step = 0; step < 200; step++) {
  const start = performance.now();
  // A rate of 0: the network must not learn the one batch by heart.
  trainer.step(data, samples, 0);
  if (step >= 50) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const [fastest, median] = [times[0], times[times.length >> 1]];
console.log(`a training step: ${median.toFixed(1)} ms, at best ${fastest.toFixed(1)} ms`);
