/**
 * `--feature-skew`: labels are as the partition deals them, but each client sees the world its own
 * way (feature distribution skew: Kairouz et al., arXiv 1912.04977, section 3.1; Li et al., arXiv
 * 2102.02079, add noise of another strength for each client). Client c draws once, for all its
 * pictures:
 *
 *   rotation:A  angle    ~ U(−A, A) degrees
 *   contrast:F  factor   ~ U(1 − F, 1 + F)
 *   noise:S     strength ~ U(0, S), then each pixel + 255 · strength · N(0, 1)
 */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import type { PixelSkew } from './pixels.js';

/** The most that a client may draw; 0 where it was not asked for. */
export interface FeatureSkew {
  /** Degrees, at most 180. */
  readonly rotation: number;
  /** At most 1. */
  readonly noise: number;
  /** At most 1. */
  readonly contrast: number;
}

const MOST: FeatureSkew = { rotation: 180, noise: 1, contrast: 1 };

/** Parses `rotation:30,noise:0.1`. @throws FederationError `bad-request` naming the forms */
export function parseFeatureSkew(text: string): FeatureSkew {
  const skew = { rotation: 0, noise: 0, contrast: 0 };
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split(':');
    const most = isKind(name) ? MOST[name] : 0;
    const amount = Number(value);
    if (!isKind(name) || rest.length > 0 || skew[name] > 0 || !(amount > 0 && amount <= most)) {
      throw new FederationError(
        'bad-request',
        `--feature-skew ${text}: must be rotation:DEGREES up to 180, noise:S up to 1, contrast:F up to 1, or several of them with commas between, such as rotation:30,noise:0.1`,
      );
    }
    skew[name] = amount;
  }
  return skew;
}

function isKind(name: string): name is keyof FeatureSkew {
  return Object.hasOwn(MOST, name);
}

/** As a user writes it. */
export function shownFeatureSkew(skew: FeatureSkew): string {
  const kinds = ['rotation', 'noise', 'contrast'] as const;
  return kinds.flatMap((kind) => (skew[kind] > 0 ? [`${kind}:${skew[kind]}`] : [])).join(',');
}

/** What a client does to its pictures: the same for a seed. */
export function skewOf(skew: FeatureSkew, client: number, seed: number): PixelSkew {
  const random = new Random(deriveSeed(seed, 'feature-skew', client));
  return {
    angle: (2 * random.unit() - 1) * skew.rotation,
    contrast: 1 + (2 * random.unit() - 1) * skew.contrast,
    noise: random.unit() * skew.noise,
  };
}
