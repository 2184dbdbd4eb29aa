/**
 * Batch normalization (Ioffe & Szegedy, arXiv 1502.03167) folded into integer thresholds (Umuroglu et
 * al., FINN, arXiv 1612.07119, §4.2.2): of
 *
 *   y = γ · (z − μ) / √(σ² + ε) + β,   a = [y ≥ 0]
 *
 * only the integer z changes at inference, and y is monotone in it: a = [z ≥ T] for γ > 0. For γ < 0
 * the weights of the neuron are negated, which negates z; for γ = 0 the neuron is constant.
 */
import { BitMatrix } from '../kernels/bits.js';
import type { BinaryLayer } from './binary-network.js';

/** Parameters of a batch normalization after training; one number a neuron, but for ε. */
export interface BatchNorm {
  /** γ */
  readonly gamma: ArrayLike<number>;
  /** β */
  readonly beta: ArrayLike<number>;
  /** μ */
  readonly mean: ArrayLike<number>;
  /** σ² */
  readonly variance: ArrayLike<number>;
  readonly epsilon: number;
}

/**
 * A layer without normalization that fires exactly where the normalized product is at least 0, for
 * every product in [−inputs, inputs]; the sign is that of γ · (z − μ) + β · √(σ² + ε) in f64.
 * @param weights [neurons][inputs]
 * @throws RangeError naming a neuron whose numbers are not finite or whose σ² + ε is not positive
 */
export function foldBatchNorm(norm: BatchNorm, weights: BitMatrix): BinaryLayer {
  const { rows: neurons, cols: inputs } = weights;
  const folded = new BitMatrix(neurons, inputs, weights.bytes.slice());
  const thresholds = new Int32Array(neurons);
  for (let n = 0; n < neurons; n++) {
    const direction = Math.sign(norm.gamma[n]);
    thresholds[n] = threshold(norm, n, direction, inputs);
    if (direction < 0) for (let k = 0; k < inputs; k++) folded.set(n, k, !weights.get(n, k));
  }
  return { weights: folded, thresholds };
}

/** The smallest product in [−inputs, inputs] that fires, of weights times `direction`, else inputs + 1. */
function threshold(norm: BatchNorm, n: number, direction: number, inputs: number): number {
  const [gamma, beta, mean] = [norm.gamma[n], norm.beta[n], norm.mean[n]];
  const spread = norm.variance[n] + norm.epsilon;
  if (![gamma, beta, mean, spread].every(Number.isFinite) || !(spread > 0)) {
    throw new RangeError(
      `neuron ${n}: γ ${gamma}, β ${beta}, μ ${mean} and σ² + ε ${spread} must be finite, and the last positive`,
    );
  }
  const offset = beta * Math.sqrt(spread);
  const fires = (z: number) => gamma * (direction * z - mean) + offset >= 0;
  // Bisection: `low` does not fire, `high` does; rounding keeps the order of the sums.
  let low = -inputs - 1;
  let high = inputs + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fires(middle)) high = middle;
    else low = middle;
  }
  return high;
}
