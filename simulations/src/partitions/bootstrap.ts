/**
 * Bootstrap samples (Efron 1979): every client draws its rows with replacement from all samples, by
 * the seed and its own number. Nothing is dealt beforehand, so there may be far more clients than
 * samples; a client that is never asked for costs nothing.
 *
 * With label skew, a client draws its label distribution from Dirichlet(α) weighted by the labels'
 * shares, p_k ∝ g_k with g_k ~ Gamma(α · K · share_k), then a label and one of its samples each time.
 */
import { deriveSeed, Random, type Seed } from '@fedhybnn/shared';
import type { Partition } from './dealt.js';
import { gamma } from './draws.js';

export interface Bootstrap {
  readonly clients: number;
  /** Rows of each client, at least 1. */
  readonly samplesPerClient: number;
  /** Rows that there are. */
  readonly samples: number;
  readonly seed: number | Seed;
  /** Label skew: one label a sample, and α > 0. Absent: rows are drawn evenly. */
  readonly skew?: { readonly labels: Int32Array; readonly alpha: number } | undefined;
}

export class BootstrapPartition implements Partition {
  /** Rows by label, of labels that there are. */
  private readonly piles: readonly Uint32Array[];

  constructor(private readonly bootstrap: Bootstrap) {
    const { skew } = bootstrap;
    this.piles = skew === undefined ? [] : pilesOf(skew.labels);
  }

  get clients(): number {
    return this.bootstrap.clients;
  }

  rows(client: number): Uint32Array {
    const { samplesPerClient, samples, seed, skew } = this.bootstrap;
    const random = new Random(deriveSeed(seed, 'bootstrap', client));
    const rows = new Uint32Array(samplesPerClient);
    if (skew === undefined) {
      for (let i = 0; i < rows.length; i++) rows[i] = random.below(samples);
      return rows;
    }
    const shares = this.shares(skew.alpha, random);
    for (let i = 0; i < rows.length; i++) {
      const pile = this.piles[drawn(shares, random)];
      rows[i] = pile[random.below(pile.length)];
    }
    return rows;
  }

  /** Weights of the labels; not all 0. */
  private shares(alpha: number, random: Random): Float64Array {
    const { piles } = this;
    const { samples } = this.bootstrap;
    const weight = (pile: Uint32Array) => alpha * piles.length * (pile.length / samples);
    const shares = Float64Array.from(piles, (pile) => gamma(weight(pile), random));
    // For tiny α every draw can underflow: the limit distribution is then a single label.
    if (shares.every((share) => share === 0)) shares[random.below(shares.length)] = 1;
    return shares;
  }
}

function pilesOf(labels: Int32Array): Uint32Array[] {
  const piles: number[][] = [];
  labels.forEach((label, row) => {
    piles[label] ??= [];
    piles[label].push(row);
  });
  return piles.filter((pile) => pile !== undefined).map((pile) => Uint32Array.from(pile));
}

function drawn(shares: Float64Array, random: Random): number {
  let draw = random.unit() * shares.reduce((sum, share) => sum + share, 0);
  let last = 0;
  for (let k = 0; k < shares.length; k++) {
    if (shares[k] === 0) continue;
    last = k;
    draw -= shares[k];
    if (draw < 0) return k;
  }
  return last;
}
