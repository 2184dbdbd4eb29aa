/** Optimizers of real-valued parameters, in plain TypeScript. */
import type { RealOptimizerSettings } from './real-settings.js';

/** What an optimizer moves, in place. */
export interface Trainable {
  readonly values: Float32Array;
  /** ∂loss/∂values. */
  readonly gradient: Float32Array;
}

export interface RealOptimizer {
  /** Forgets everything. */
  reset(): void;
  /** One step along the gradients; values stay in ±limit. */
  step(learningRate: number): void;
}

/** Makes the optimizer of a task's settings; its state is allocated here, once. */
export function createRealOptimizer(
  settings: RealOptimizerSettings,
  parts: readonly Trainable[],
  limit: number,
): RealOptimizer {
  return settings.kind === 'adam' ? adam(settings, parts, limit) : sgd(settings, parts, limit);
}

const zerosLike = (parts: readonly Trainable[]) =>
  parts.map(({ values }) => new Float32Array(values.length));

const clipped = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

/** Adam (Kingma & Ba, arXiv 1412.6980). */
function adam(
  settings: Extract<RealOptimizerSettings, { kind: 'adam' }>,
  parts: readonly Trainable[],
  limit: number,
): RealOptimizer {
  const { beta1, beta2, epsilon } = settings;
  const first = zerosLike(parts);
  const second = zerosLike(parts);
  let power1 = 1;
  let power2 = 1;
  return {
    reset() {
      for (const moments of [...first, ...second]) moments.fill(0);
      power1 = 1;
      power2 = 1;
    },
    step(learningRate) {
      power1 *= beta1;
      power2 *= beta2;
      const correction1 = learningRate / (1 - power1);
      const correction2 = 1 / (1 - power2);
      parts.forEach(({ values, gradient }, l) => {
        const [m, v] = [first[l], second[l]];
        for (let i = 0; i < values.length; i++) {
          m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
          v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i];
          const move = (correction1 * m[i]) / (Math.sqrt(correction2 * v[i]) + epsilon);
          values[i] = clipped(values[i] - move, limit);
        }
      });
    },
  };
}

/** SGD with heavy-ball momentum (Polyak 1964). */
function sgd(
  { momentum }: Extract<RealOptimizerSettings, { kind: 'sgd' }>,
  parts: readonly Trainable[],
  limit: number,
): RealOptimizer {
  const buffers = zerosLike(parts);
  return {
    reset() {
      for (const buffer of buffers) buffer.fill(0);
    },
    step(learningRate) {
      parts.forEach(({ values, gradient }, l) => {
        const buffer = buffers[l];
        for (let i = 0; i < values.length; i++) {
          buffer[i] = momentum * buffer[i] + gradient[i];
          values[i] = clipped(values[i] - learningRate * buffer[i], limit);
        }
      });
    },
  };
}
