/**
 * What averaged updates say, as drifts from the global model in units of 2⁻²⁴: where robust means
 * work. Integers in, integers out, so that a rule applies the outcome as it applies any tally.
 */
import type { GlobalModel, RoundContext, Rule, Tally } from '../rules/rule.js';

/** One client's drift. */
export interface Drift {
  readonly client: string;
  /** local − global, one integer a parameter; |value| ≤ 2²⁵. */
  readonly values: Int32Array;
}

/** The updates of a round as drifts. @throws FederationError `frame-corrupt` on a bad payload */
export function driftsOf(
  updates: readonly { readonly client: string; readonly payload: Uint8Array }[],
  rule: Rule,
  global: GlobalModel,
  context: RoundContext,
): Drift[] {
  return updates.map(({ client, payload }) => {
    const values = Int32Array.from(rule.tally([payload], context).sums);
    if (rule.averages === 'latents') {
      for (let i = 0; i < values.length; i++) values[i] -= global.latents[i];
    }
    return { client, values };
  });
}

/** A tally of drifts, as the rule has its tallies. */
export function ruleTally(drifts: Tally, rule: Rule, global: GlobalModel): Tally {
  const { count } = drifts;
  const sums = Float64Array.from(drifts.sums);
  if (rule.averages === 'latents') {
    for (let i = 0; i < sums.length; i++) sums[i] += count * global.latents[i];
  }
  return { count, sums };
}

/** The plain sum. */
export function sumOf(drifts: readonly Drift[], parameters: number): Tally {
  const sums = new Float64Array(parameters);
  for (const { values } of drifts) for (let i = 0; i < parameters; i++) sums[i] += values[i];
  return { count: drifts.length, sums };
}
