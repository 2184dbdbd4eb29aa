/** Adam (Kingma & Ba 2015, arXiv 1412.6980) on the CPU, its state plain data that can be stored. */
import {
  type AutoencoderShape,
  PARAMETER_NAMES,
  type PerParameter,
  perParameter,
} from './autoencoder.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface AdamState {
  readonly mean: PerParameter;
  readonly square: PerParameter;
  /** β₁ᵗ and β₂ᵗ after t steps. */
  power1: number;
  power2: number;
}

export function createAdamState(shape: AutoencoderShape): AdamState {
  const zeros = () => perParameter(shape, (count) => new Float32Array(count));
  return { mean: zeros(), square: zeros(), power1: 1, power2: 1 };
}

/** Changes parameters and state. */
export function adamStep(
  parameters: PerParameter,
  gradients: PerParameter,
  state: AdamState,
  learningRate: number,
): void {
  state.power1 *= BETA1;
  state.power2 *= BETA2;
  const rate = (learningRate * Math.sqrt(1 - state.power2)) / (1 - state.power1);
  // Of the uncorrected root, so that ε stands where the paper's first form has it.
  const epsilon = EPSILON * Math.sqrt(1 - state.power2);
  for (const name of PARAMETER_NAMES) {
    const [values, gradient] = [parameters[name], gradients[name]];
    const [mean, square] = [state.mean[name], state.square[name]];
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i];
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
      square[i] = BETA2 * square[i] + (1 - BETA2) * g * g;
      values[i] -= (rate * mean[i]) / (Math.sqrt(square[i]) + epsilon);
    }
  }
}
