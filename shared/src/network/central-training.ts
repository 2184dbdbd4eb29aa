/**
 * Training in one place, on data that are all at hand: the upper bound of a federation, a vanilla
 * binary network on `pixels`, or a head to ship. Here batch normalization is possible; it ends as
 * integer thresholds, so that what is published is signs and integers all the same.
 */
import { BitMatrix } from '../kernels/bits.js';
import type { LoadOptions } from '../kernels/load.js';
import { FederationError } from '../protocol/errors.js';
import { deriveSeed } from '../random/seed.js';
import { scheduleFactor } from '../rules/schedule.js';
import { isBinary } from '../task/rule-settings.js';
import type { Task } from '../task/task.js';
import { foldBatchNorm } from './batch-norm.js';
import type { BinaryLayer } from './binary-network.js';
import { hadamardCode } from './hadamard.js';
import { headLayers } from './head.js';
import { initialModel } from './initial-model.js';
import type { LabeledBits } from './labeled-bits.js';
import { LocalTrainer } from './local-trainer.js';
import { initialRate } from './optimizer.js';

export interface CentralTraining {
  /** Its head and training settings count; of the federation only the seed and the initial range. */
  readonly task: Task;
  readonly data: LabeledBits;
  readonly epochs: number;
  readonly batchNorm: boolean;
  readonly kernels?: LoadOptions;
}

/** The network after an epoch. */
export interface TrainedEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss while the epoch went. */
  readonly loss: number;
  /** Signs and thresholds as they stand now; copies. */
  network(): BinaryLayer[];
}

/**
 * Trains epoch by epoch, the learning rate on the schedule of a federation's rounds; whoever stops
 * taking epochs stops the training.
 * @throws FederationError `bad-request` where the task's head is not dense with binary weights
 */
export async function* trainCentrally(training: CentralTraining): AsyncGenerator<TrainedEpoch> {
  const { task, data, epochs, batchNorm, kernels } = training;
  checkTask(task);
  const trainer = await LocalTrainer.create(task, {
    batchNorm,
    ...(kernels !== undefined && { kernels }),
  });
  trainer.load(initialModel(task));
  const rate = initialRate(task.training.optimizer);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = trainer.run({
      data,
      epochs: 1,
      learningRate: rate * scheduleFactor(epoch, epochs),
      seed: deriveSeed(task.federation.seed, 'central', epoch),
    });
    yield { epoch, loss, network: () => networkOf(task, trainer) };
  }
}

function checkTask({ id, head, federation }: Task): void {
  const { weights = 'binary', convolution } = head;
  if (weights === 'binary' && convolution === undefined && isBinary(federation.rule)) return;
  throw new FederationError(
    'bad-request',
    `task ${id}: training in one place is for dense heads with binary weights; leave out "head.weights" and "head.convolution", and take a rule with a binary head`,
  );
}

function networkOf(task: Task, trainer: LocalTrainer): BinaryLayer[] {
  const latents = trainer.latents();
  const norms = trainer.normalizations();
  let at = 0;
  return headLayers(task).map(({ neurons, inputs, trained }, l): BinaryLayer => {
    const thresholds = new Int32Array(neurons);
    if (!trained) return { weights: hadamardCode(neurons, inputs), thresholds };
    const weights = BitMatrix.create(neurons, inputs);
    for (let n = 0; n < neurons; n++) {
      for (let k = 0; k < inputs; k++) weights.set(n, k, latents[at++] >= 0);
    }
    const norm = norms[l];
    return norm === undefined ? { weights, thresholds } : foldBatchNorm(norm, weights);
  });
}
