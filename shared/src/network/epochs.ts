/** The order in which a client's samples are trained on. */
import { Random } from '../random/random.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import type { EpochProgress } from './train-locally.js';

export interface Epochs {
  readonly samples: Uint32Array;
  readonly epochs: number;
  readonly batch: number;
  /** Root of the order of the samples. */
  readonly seed: Seed;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
}

/**
 * Calls `step` with one batch after another, shuffled anew in every epoch.
 * @param step returns the batch's mean loss
 * @returns the last epoch's mean loss
 */
export function runEpochs(run: Epochs, step: (samples: Uint32Array) => number): number {
  const { samples, epochs, batch } = run;
  const order = new Uint32Array(samples.length);
  let mean = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    order.set(samples);
    new Random(deriveSeed(run.seed, 'epoch', epoch)).shuffle(order);
    let sum = 0;
    for (let start = 0; start < order.length; start += batch) {
      const chosen = order.subarray(start, Math.min(start + batch, order.length));
      sum += step(chosen) * chosen.length;
    }
    mean = sum / order.length;
    run.onEpoch?.({ epoch, epochs, loss: mean });
  }
  return mean;
}
