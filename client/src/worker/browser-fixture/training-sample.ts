/** A local training of a hundred steps on made-up bits: the same in Node, page and worker. */
import {
  BitMatrix,
  deriveSeed,
  initialModel,
  type LabeledBits,
  mnistTask,
  Random,
  roundSeed,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import type { Trainer } from '../trainer.js';

const SAMPLES = 1000;
const BITS = 200;

const task: Task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
  hidden: [96, 40],
  training: { epochs: 5 },
  federation: { rounds: 10, goal: 2, seed: 11 },
});

function madeUpBits(): LabeledBits {
  const random = new Random(deriveSeed(11, 'browser sample'));
  const bits = BitMatrix.create(SAMPLES, BITS);
  const labels = new Int32Array(SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    labels[i] = random.below(10);
    for (let k = 0; k < BITS; k++) bits.set(i, k, random.below(10 + labels[i]) < (k % 9) + 3);
  }
  return { bits, labels };
}

/** SHA-256 of the update, and the loss: the whole outcome of the training. */
export async function trainSample(trainer: Trainer): Promise<{ digest: string; loss: number }> {
  const prepared = await trainer.prepare(task, madeUpBits());
  const update = await prepared.train({
    global: initialModel(task),
    round: 2,
    roundSeed: roundSeed(task, 2),
    client: 'sample',
  });
  return { digest: sha256Hex(update.payload), loss: update.loss };
}
