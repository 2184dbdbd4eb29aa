/**
 * Optimizers on latents: state beside the latents, one fused kernel call a layer and step. They
 * start afresh in every round, since their state is never sent.
 */
import type { Address, Kernels, LayerStep } from '../kernels/kernels.js';
import type { TrainingSettings } from '../task/task.js';
import type { LayerShape } from './head.js';
import { tiledLength } from './latents.js';

export interface Optimizer {
  /** Forgets everything. */
  reset(): void;
  /** Called once before the layers of a step are updated. */
  nextStep(): void;
  /** One step on layer `l`. */
  update(l: number, step: LayerStep, learningRate: number): void;
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
  return settings.kind === 'adam'
    ? adam(kernels, settings, buffers(), buffers(), zero)
    : sgd(kernels, settings, buffers(), zero);
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
