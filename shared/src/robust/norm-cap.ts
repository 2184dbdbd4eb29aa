/**
 * The norm cap: nobody pulls farther than the usual client of the round. Clipping of updates to a
 * norm (Sun et al., arXiv 1911.07963), the norm being the round's median as in FLAME (Nguyen et al.,
 * arXiv 2101.02281), so that it follows the drifts as they shrink over the rounds.
 *
 *   c = factor · median of ‖d‖₂;   d_i ← d_i · min(1, c / ‖d_i‖₂), to the nearest unit
 *
 * Squares are summed in f64 in the order of the parameters: the same number on every machine.
 */
import type { Drift } from './drifts.js';
import { median } from './outliers.js';

/** The drifts, none longer than `factor` median ones; those within are the same objects. */
export function capNorms(drifts: readonly Drift[], factor: number): readonly Drift[] {
  if (drifts.length === 0) return drifts;
  const norms = drifts.map(({ values }) => norm(values));
  const cap = factor * median(norms);
  return drifts.map((drift, i) => (norms[i] > cap ? shortened(drift, cap / norms[i]) : drift));
}

/** ‖d‖₂ */
export function norm(values: Int32Array): number {
  let energy = 0;
  for (let i = 0; i < values.length; i++) energy += values[i] * values[i];
  return Math.sqrt(energy);
}

function shortened({ client, values }: Drift, by: number): Drift {
  return { client, values: values.map((value) => Math.round(value * by)) };
}
