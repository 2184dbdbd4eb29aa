/**
 * Drift over time: what a client trains on moves from its hand of one partition to its hand of
 * another, as the clients' distributions do in practice (Jothimurugesan et al., arXiv 2206.00799).
 *
 *   rows_c(r) = { s ∈ A_c : t_s ≥ λ_r } ∪ { s ∈ B_c : t_s < λ_r },   t_s = (rank_s + ½)/n
 *
 * A_c and B_c are client c's hands at the start and the end, rank a seeded shuffle of the n samples:
 * each sample changes hands once, at its own time, so that in every round every sample is with one
 * client, and client c's label distribution is (1 − λ_r)·A_c + λ_r·B_c up to sampling. With R rounds:
 *
 *   once:     λ_r = clamp((p − from)/(to − from)),   p = (r − 1)/(R − 1)
 *   period P: λ_r = 1 − |1 − 2·frac((r − 1)/P)|,     there and back in P rounds, as day and night
 *             (Eichner et al., arXiv 1904.10120; Zhu et al., ICLR 2022)
 *
 * A client that would have nothing keeps the sample of A_c that leaves last.
 */
import { deriveSeed, Random } from '@fedhybnn/shared';
import type { Partition } from './dealt.js';

/** When the drift happens. */
export type DriftTime =
  /** Shares of the run in [0, 1], from < to. */
  | { readonly from: number; readonly to: number }
  /** Rounds of a whole cycle, at least 2. */
  | { readonly period: number };

/** λ_r in [0, 1]. @param round from 1 @param rounds of the run */
export function driftProgress(time: DriftTime, round: number, rounds: number): number {
  if ('period' in time) {
    const phase = ((round - 1) % time.period) / time.period;
    return 1 - Math.abs(1 - 2 * phase);
  }
  const done = rounds > 1 ? (round - 1) / (rounds - 1) : 0;
  return Math.min(1, Math.max(0, (done - time.from) / (time.to - time.from)));
}

export interface Drift {
  readonly start: Partition;
  readonly end: Partition;
  readonly time: DriftTime;
  /** Of the run. */
  readonly rounds: number;
  /** All samples, dealt or not. */
  readonly samples: number;
  readonly seed: number;
}

/** A partition whose hands depend on the round; without a round, that of the first one. */
export class DriftingPartition implements Partition {
  /** t of each sample. */
  private readonly times: Float64Array;

  constructor(private readonly drift: Drift) {
    const { samples, seed } = drift;
    const ranks = new Random(deriveSeed(seed, 'drift')).shuffle(
      Uint32Array.from({ length: samples }, (_, i) => i),
    );
    this.times = Float64Array.from(ranks, (rank) => (rank + 0.5) / samples);
  }

  get clients(): number {
    return this.drift.start.clients;
  }

  rows(client: number, round = 1): Uint32Array {
    const { start, end, time, rounds } = this.drift;
    const { times } = this;
    const progress = driftProgress(time, round, rounds);
    const before = start.rows(client);
    const kept = before.filter((row) => times[row] >= progress);
    const come = end.rows(client).filter((row) => times[row] < progress);
    if (kept.length + come.length === 0) {
      return Uint32Array.of(before.reduce((last, row) => (times[row] > times[last] ? row : last)));
    }
    const rows = new Uint32Array(kept.length + come.length);
    rows.set(kept);
    rows.set(come, kept.length);
    return rows;
  }
}
