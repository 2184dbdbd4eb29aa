/** A hundred training steps with a given choice of kernels, as a hash: one for all of them. */
import { sha256Hex } from '../../codec/sha256.js';
import { initialModel } from '../../network/initial-model.js';
import { LocalTrainer } from '../../network/local-trainer.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import { mnistTask } from '../../task/built-in.js';
import type { LoadOptions } from '../load.js';
import { PRODUCT_WAYS, randomBits } from './both-connectors.js';

const BATCH = 40;
const STEPS = 100;

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 200 },
  hidden: [96, 40],
  training: { batch: BATCH },
  federation: { rounds: 1, goal: 1, seed: 11 },
});

/** Every choice of kernels that there is. */
export const EVERY_CHOICE: readonly LoadOptions[] = [{ kind: 'reference' }, {}, ...PRODUCT_WAYS];

/** SHA-256 of the latents after the last step, for each choice. */
export async function hundredSteps(): Promise<string[]> {
  const random = new Random(deriveSeed(11, 'hundred steps'));
  const bits = randomBits(BATCH * STEPS, task.extractor.bits, random);
  const labels = Int32Array.from({ length: bits.rows }, () => random.below(10));
  const digests: string[] = [];
  for (const kernels of EVERY_CHOICE) {
    const trainer = await LocalTrainer.create(task, { kernels });
    trainer.load(initialModel(task));
    for (let step = 0; step < STEPS; step++) {
      const samples = Uint32Array.from({ length: BATCH }, (_, i) => step * BATCH + i);
      trainer.step({ bits, labels }, samples, 0.005);
    }
    digests.push(sha256Hex(new Uint8Array(trainer.latents().buffer)));
  }
  return digests;
}
