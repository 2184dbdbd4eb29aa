/** Trains the real-valued head on one client's latent bits: the local part of fedavg-fp32. */
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import { scheduleFactor } from '../rules/schedule.js';
import { clientSeed } from '../rules/seeds.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { runEpochs } from './epochs.js';
import { checkHead, parameterCount } from './head.js';
import { RealHead } from './real-head.js';
import { createRealOptimizer, type RealOptimizer } from './real-optimizer.js';
import { realOptimizer, singleLabels } from './real-settings.js';
import type { LocalTraining, LocalUpdate } from './train-locally.js';

export class RealTrainer {
  private readonly head: RealHead;
  private readonly optimizer: RealOptimizer;

  /** @throws FederationError `bad-request` if the parts of the task do not fit together */
  constructor(private readonly task: Task) {
    checkHead(task);
    this.head = new RealHead(task, task.training.batch);
    const trained = this.head.layers.filter((layer) => layer.trained);
    this.optimizer = createRealOptimizer(
      realOptimizer(task),
      trained.map(({ weights, weightGradient }) => ({ values: weights, gradient: weightGradient })),
      1,
    );
  }

  /** One client's part of a round, from the global model to the rule's payload. */
  trainLocally(training: LocalTraining): LocalUpdate {
    const { task, head, optimizer } = this;
    const { data, global, round } = training;
    checkLabeledBits(task, data);
    const seed = clientSeed(training.roundSeed, training.client);
    const samples = training.samples ?? Uint32Array.from({ length: data.bits.rows }, (_, i) => i);
    const { epochs, batch } = task.training;
    const labels = singleLabels(data);
    const learningRate =
      realOptimizer(task).learningRate * scheduleFactor(round, task.federation.rounds);
    head.load(global);
    optimizer.reset();
    const loss = runEpochs(
      { samples, epochs, batch, seed, onEpoch: training.onEpoch },
      (chosen) => {
        head.forward(data.bits, chosen);
        const mean = head.backward(labels, chosen);
        optimizer.step(learningRate);
        return mean;
      },
    );
    const parameters = parameterCount(task);
    const context = roundContext(task, round, parameters);
    const payload = ruleFor(task.federation.rule).encode(
      head.latents(parameters),
      global,
      context,
      seed,
    );
    return { payload, loss, samples: samples.length };
  }
}
