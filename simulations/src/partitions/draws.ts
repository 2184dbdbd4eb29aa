/** Gamma-distributed and normal numbers, with our own log and exp so that every engine deals the same cards. */
import { exp, log, type Random } from '@fedhybnn/shared';

/**
 * One draw of Gamma(shape, 1) by Marsaglia & Tsang, "A simple method for generating gamma
 * variables" (2000); for shape < 1, Gamma(shape + 1) · U^(1/shape) as they advise.
 */
export function gamma(shape: number, random: Random): number {
  if (shape < 1) {
    return gamma(shape + 1, random) * exp(log(positiveUnit(random)) / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    if (v <= 0) continue;
    if (log(positiveUnit(random)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

/** A standard normal draw by Marsaglia's polar method. */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random.unit() - 1;
    const y = 2 * random.unit() - 1;
    const s = x * x + y * y;
    if (s > 0 && s < 1) return x * Math.sqrt((-2 * log(s)) / s);
  }
}

/** Uniform in (0, 1): half a step of 2⁻²⁴ above the draw. */
function positiveUnit(random: Random): number {
  return random.unit() + 2.9802322387695312e-8;
}
