/**
 * Forged drifts, for rules that average: local − global, a real number a parameter in the units of
 * the rule's latents. f64 arithmetic in a fixed order, so that a seed forges the same bytes anywhere.
 */
import { Random, type Seed } from '@fedhybnn/shared';

/** x·d */
export function scaled(drift: ArrayLike<number>, by: number): Float64Array {
  return Float64Array.from(drift, (value) => by * value);
}

/** Mean of the drifts on each coordinate. */
export function meanOf(drifts: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(drifts[0]?.length ?? 0);
  for (const drift of drifts) for (let i = 0; i < mean.length; i++) mean[i] += drift[i];
  return mean.map((sum) => sum / drifts.length);
}

/** Standard deviation of the drifts on each coordinate, around their mean. */
export function deviationOf(
  drifts: readonly ArrayLike<number>[],
  mean: Float64Array,
): Float64Array {
  const variance = new Float64Array(mean.length);
  for (const drift of drifts) {
    for (let i = 0; i < mean.length; i++) {
      // A product: an engine's power is only approximate.
      const distance = drift[i] - mean[i];
      variance[i] += distance * distance;
    }
  }
  return variance.map((sum) => Math.sqrt(sum / drifts.length));
}

/** ALIE (Baruch et al., arXiv 1902.06156): μ − z·σ, away from where the honest mean goes. */
export function littleIsEnoughDrift(drifts: readonly ArrayLike<number>[], z: number): Float64Array {
  const mean = meanOf(drifts);
  const deviation = deviationOf(drifts, mean);
  return mean.map((value, i) => value - z * deviation[i] * Math.sign(value));
}

/** To a uniform place in the range of a latent. @param one a latent of 1 in its units */
export function anywhere(latents: ArrayLike<number>, one: number, seed: Seed): Float64Array {
  const random = new Random(seed);
  return Float64Array.from(latents, (latent) => one * (2 * random.unit() - 1) - latent);
}
