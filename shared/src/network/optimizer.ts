/**
 * Optimizers on latents: state beside the latents, one fused kernel call a layer and step. They
 * start afresh in every round, since their state is never sent.
 */
import type { Address, Kernels } from '../kernels/kernels.js';
import { type LayerStep, SMALLEST_LATENT } from '../kernels/optimizer-steps.js';
import type { TrainingSettings } from '../task/task.js';
import { tiledLength } from './latents.js';
import type { LayerShape } from './layer-shape.js';

export interface Optimizer {
  /** Forgets everything. */
  reset(): void;
  /** Called once before the layers of a step are updated. */
  nextStep(): void;
  /** One step on layer `l`; `rate` as in {@link initialRate}. */
  update(l: number, step: LayerStep, rate: number): void;
  /** After the last step: what the latents of layer `l` are to say to a rule, if not what they are. */
  settle?(l: number, latents: Address): void;
}

/** Makes the optimizer of a task's settings; its state is allocated here, once. */
export function createOptimizer(
  kernels: Kernels,
  settings: TrainingSettings['optimizer'],
  layers: readonly LayerShape[],
): Optimizer {
  const buffers = (): Address[] =>
    layers.map((layer) => (layer.trained ? kernels.memory.allocate(4 * tiledLength(layer)) : 0));
  const zero = (addresses: readonly Address[]) => {
    layers.forEach((layer, l) => {
      if (!layer.trained) return;
      new Float32Array(kernels.memory.buffer, addresses[l], tiledLength(layer)).fill(0);
    });
  };
  switch (settings.kind) {
    case 'adam':
      return adam(kernels, settings, buffers(), buffers(), zero);
    case 'sgd':
      return sgd(kernels, settings, buffers(), zero);
    case 'bop':
      return bop(kernels, settings, layers, buffers(), zero);
  }
}

/** What follows the schedule over the rounds: the learning rate, or γ of Bop. */
export function initialRate(settings: TrainingSettings['optimizer']): number {
  return settings.kind === 'bop' ? settings.gamma : settings.learningRate;
}

type Zero = (addresses: readonly Address[]) => void;

/** Adam (Kingma & Ba, arXiv 1412.6980): the powers βᵗ are products, since engines differ in `pow`. */
function adam(
  kernels: Kernels,
  settings: Extract<TrainingSettings['optimizer'], { kind: 'adam' }>,
  firstMoments: readonly Address[],
  secondMoments: readonly Address[],
  zero: Zero,
): Optimizer {
  const { beta1, beta2, epsilon } = settings;
  let power1 = 1;
  let power2 = 1;
  return {
    reset() {
      zero(firstMoments);
      zero(secondMoments);
      power1 = 1;
      power2 = 1;
    },
    nextStep() {
      power1 *= beta1;
      power2 *= beta2;
    },
    update(l, step, learningRate) {
      kernels.adamStep(step, {
        firstMoment: firstMoments[l],
        secondMoment: secondMoments[l],
        learningRate,
        beta1,
        beta2,
        epsilon,
        correction1: 1 / (1 - power1),
        correction2: 1 / (1 - power2),
      });
    },
  };
}

/** SGD with heavy-ball momentum (Polyak 1964). */
function sgd(
  kernels: Kernels,
  settings: Extract<TrainingSettings['optimizer'], { kind: 'sgd' }>,
  momentumBuffers: readonly Address[],
  zero: Zero,
): Optimizer {
  return {
    reset() {
      zero(momentumBuffers);
    },
    nextStep() {},
    update(l, step, learningRate) {
      kernels.sgdStep(step, {
        momentumBuffer: momentumBuffers[l],
        learningRate,
        momentum: settings.momentum,
      });
    },
  };
}

/**
 * Bop (Helwegen et al., arXiv 1906.02107): weights flip, latents keep their size. Most weights do not
 * flip in a round, and a rule that votes on a latent's drift would toss a coin for them: in the end
 * each latent therefore leans by its finest unit against its moving average, where its weight is
 * being drawn to. A flip, which moves a latent by twice its size, outweighs that.
 */
function bop(
  kernels: Kernels,
  settings: Extract<TrainingSettings['optimizer'], { kind: 'bop' }>,
  layers: readonly LayerShape[],
  movingAverages: readonly Address[],
  zero: Zero,
): Optimizer {
  return {
    reset() {
      zero(movingAverages);
    },
    nextStep() {},
    update(l, step, gamma) {
      const { threshold } = settings;
      kernels.bopStep(step, { movingAverage: movingAverages[l], gamma, threshold });
    },
    settle(l, latents) {
      const { buffer } = kernels.memory;
      const length = tiledLength(layers[l]);
      const h = new Float32Array(buffer, latents, length);
      const m = new Float32Array(buffer, movingAverages[l], length);
      // ±1 is not passed: half of a unit of f32 beyond it rounds back.
      for (let i = 0; i < length; i++) {
        h[i] += (Number(m[i] < 0) - Number(m[i] > 0)) * SMALLEST_LATENT;
      }
    },
  };
}
