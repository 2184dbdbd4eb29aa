/**
 * Trains probabilistic masks over frozen random weights (FedPM, arXiv 2209.15328) on one client's
 * latent bits.
 *
 *   θ = ½ (1 + h) = σ(s);  every step: m ~ Bernoulli(θ), weights m ⊙ w, straight through m = σ(s):
 *   ∂loss/∂s = ∂loss/∂weight · w · θ (1 − θ)
 *
 * w is ±√(2 / fan-in), its sign from the task's seed: the "signed Kaiming constant" of the paper.
 */
import { exp, log, powerOfTwo } from '../kernels/math.js';
import { Random } from '../random/random.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import { scheduleFactor } from '../rules/schedule.js';
import { clientSeed } from '../rules/seeds.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { runEpochs } from './epochs.js';
import { checkHead, parameterCount } from './head.js';
import { RealHead, type RealLayer } from './real-head.js';
import { createRealOptimizer, type RealOptimizer } from './real-optimizer.js';
import { realOptimizer, singleLabels } from './real-settings.js';
import type { LocalTraining, LocalUpdate } from './train-locally.js';

/** Scores stay in ±SCORE_LIMIT: θ in [0.007, 0.993], from where masks can still turn. */
const SCORE_LIMIT = 5;

interface MaskedLayer {
  readonly layer: RealLayer;
  /** w, [inputs][neurons]. */
  readonly frozen: Float32Array;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** A {@link RealHead} whose weights are masked. */
export class MaskedHead {
  readonly head: RealHead;
  readonly layers: readonly MaskedLayer[];

  constructor(task: Task, maxBatch: number) {
    this.head = new RealHead(task, maxBatch);
    const signs = new Random(deriveSeed(task.federation.seed, 'frozen-weights'));
    this.layers = this.head.layers
      .filter(({ trained }) => trained)
      .map((layer) => {
        const size = Math.sqrt(2 / layer.inputs);
        const { length } = layer.weights;
        return {
          layer,
          frozen: Float32Array.from({ length }, () => (signs.unit() < 0.5 ? -size : size)),
          values: new Float32Array(length),
          gradient: new Float32Array(length),
        };
      });
  }

  /** Sets the scores to a global model's probabilities. */
  load({ latents, fraction }: GlobalModel): void {
    const unit = powerOfTwo(-fraction);
    for (const { layer, values } of this.layers) {
      eachWeight(layer, (at, parameter) => {
        values[at] = score(latents[parameter] * unit);
      });
    }
  }

  /** Draws a mask: weights m ⊙ w. */
  sample(random: Random): void {
    for (const { layer, frozen, values } of this.layers) {
      const { weights } = layer;
      for (let i = 0; i < weights.length; i++) {
        weights[i] = random.unit() < probability(values[i]) ? frozen[i] : 0;
      }
    }
  }

  /** From the weights' gradients to the scores'. */
  backward(): void {
    for (const { layer, frozen, values, gradient } of this.layers) {
      for (let i = 0; i < gradient.length; i++) {
        const theta = probability(values[i]);
        gradient[i] = layer.weightGradient[i] * frozen[i] * theta * (1 - theta);
      }
    }
  }

  /** 2θ − 1 in parameter order. */
  latents(parameters: number): Float32Array {
    const all = new Float32Array(parameters);
    for (const { layer, values } of this.layers) {
      eachWeight(layer, (at, parameter) => {
        all[parameter] = 2 * probability(values[at]) - 1;
      });
    }
    return all;
  }
}

export class MaskTrainer {
  private readonly masked: MaskedHead;
  private readonly optimizer: RealOptimizer;

  /** @throws FederationError `bad-request` if the parts of the task do not fit together */
  constructor(private readonly task: Task) {
    checkHead(task);
    this.masked = new MaskedHead(task, task.training.batch);
    this.optimizer = createRealOptimizer(realOptimizer(task), this.masked.layers, SCORE_LIMIT);
  }

  /** One client's part of a round, from the global model to the rule's payload. */
  trainLocally(training: LocalTraining): LocalUpdate {
    const { task, masked } = this;
    const { data, global, round } = training;
    checkLabeledBits(task, data);
    const seed = clientSeed(training.roundSeed, training.client);
    const samples = training.samples ?? Uint32Array.from({ length: data.bits.rows }, (_, i) => i);
    masked.load(global);
    this.optimizer.reset();
    const loss = this.run(training, samples, seed);
    const parameters = parameterCount(task);
    const context = roundContext(task, round, parameters);
    const rule = ruleFor(task.federation.rule);
    const payload = rule.encode(masked.latents(parameters), global, context, seed);
    return { payload, loss, samples: samples.length };
  }

  private run({ data, round, onEpoch }: LocalTraining, samples: Uint32Array, seed: Seed): number {
    const { task, masked, optimizer } = this;
    const { epochs, batch } = task.training;
    const learningRate =
      realOptimizer(task).learningRate * scheduleFactor(round, task.federation.rounds);
    const labels = singleLabels(data);
    const masks = new Random(deriveSeed(seed, 'masks'));
    return runEpochs({ samples, epochs, batch, seed, onEpoch }, (chosen) => {
      masked.sample(masks);
      masked.head.forward(data.bits, chosen);
      const mean = masked.head.backward(labels, chosen);
      masked.backward();
      optimizer.step(learningRate);
      return mean;
    });
  }
}

/** Calls with each weight's index in [inputs][neurons] and in parameter order. */
function eachWeight(
  { inputs, neurons, offset }: RealLayer,
  visit: (at: number, parameter: number) => void,
): void {
  for (let n = 0; n < neurons; n++) {
    for (let k = 0; k < inputs; k++) visit(k * neurons + n, offset + n * inputs + k);
  }
}

const probability = (value: number) => 1 / (1 + exp(-value));

/** s with σ(s) = ½ (1 + latent), clipped. */
function score(latent: number): number {
  const s = log((1 + latent) / (1 - latent));
  return Math.max(-SCORE_LIMIT, Math.min(SCORE_LIMIT, s));
}
