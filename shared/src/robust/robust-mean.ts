/**
 * What takes the place of the sum of a round's updates under rules that average real numbers:
 *
 *   payloads ──▶ drifts ──norm cap──▶ ──median | trimmed mean | (multi-)Krum──▶ tally of the rule
 *
 * The outcome is a tally of integers, which the rule applies as it applies any other.
 */
import type { GlobalModel, RoundContext, Rule, Tally } from '../rules/rule.js';
import type { AggregatorSettings, RobustSettings } from '../task/robust-settings.js';
import { type Drift, driftsOf, ruleTally, sumOf } from './drifts.js';
import { byKrumScore, byzantine } from './krum.js';
import { coordinateMedian } from './median.js';
import { capNorms } from './norm-cap.js';
import type { Verdict, Verdicts } from './reputation.js';
import { trimmedMean } from './trimmed-mean.js';

export interface RobustMean {
  readonly tally: Tally;
  /** Null where no client is left out as a whole. */
  readonly verdicts: Verdicts | null;
}

/**
 * @param rule one that `averages`
 * @throws FederationError `frame-corrupt` on a bad payload
 */
export function robustMean(
  updates: readonly { readonly client: string; readonly payload: Uint8Array }[],
  rule: Rule,
  global: GlobalModel,
  context: RoundContext,
  { normCap, aggregator }: RobustSettings,
): RobustMean {
  const raw = driftsOf(updates, rule, global, context);
  const drifts = normCap === undefined ? raw : capNorms(raw, normCap.factor);
  const kept = chosen(drifts, aggregator);
  const tally = ruleTally(meanOf(kept, context.parameters, aggregator), rule, global);
  if (kept === drifts) return { tally, verdicts: null };
  const counted = new Set(kept.map(({ client }) => client));
  const verdicts: Record<string, Verdict> = {};
  for (const { client } of updates) verdicts[client] = counted.has(client) ? 'counted' : 'outlier';
  return { tally, verdicts };
}

/** The drifts that Krum leaves, or all. */
function chosen(
  drifts: readonly Drift[],
  aggregator: AggregatorSettings | undefined,
): readonly Drift[] {
  if (aggregator?.kind !== 'krum' && aggregator?.kind !== 'multi-krum') return drifts;
  const best = byKrumScore(drifts, aggregator.attackers);
  const n = drifts.length;
  return best.slice(0, aggregator.kind === 'krum' ? 1 : n - byzantine(n, aggregator.attackers));
}

function meanOf(
  drifts: readonly Drift[],
  parameters: number,
  aggregator: AggregatorSettings | undefined,
): Tally {
  if (aggregator?.kind === 'median') return coordinateMedian(drifts, parameters);
  if (aggregator?.kind === 'trimmed-mean') return trimmedMean(drifts, parameters, aggregator.trim);
  return sumOf(drifts, parameters);
}
