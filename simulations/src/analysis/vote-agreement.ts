/**
 * How much the clients of a round agree, |S|/n for each parameter: S the sum of their votes of ±1, n
 * their number. 1 where all say the same, 0 where they are split. Votes by n fair coins have
 * E|S|/n = C(n−1, ⌊(n−1)/2⌋) / 2^(n−1), near √(2/(π·n)).
 */
import type { LayerDescription, RoundContext, Rule } from '@fedhybnn/shared';

/** Bins of the histogram: bin k is |S|/n = k / 20 to the nearest. */
export const AGREEMENT_BINS = 21;

export interface LayerAgreement {
  /** Index into the head's layers. */
  readonly layer: number;
  readonly mean: number;
  /** Shares of the layer's voted parameters, {@link AGREEMENT_BINS} of them. */
  readonly histogram: readonly number[];
}

/** Of the layers that have votes in this round. @returns nothing for rules without one-bit votes */
export function voteAgreement(
  rule: Rule,
  payloads: readonly Uint8Array[],
  context: RoundContext,
  layers: readonly LayerDescription[],
): LayerAgreement[] {
  if (rule.votes !== true || payloads.length === 0) return [];
  const { sums, count } = rule.tally(payloads, context);
  const places = rule.coordinates?.(context);
  const binOf = Uint8Array.from({ length: count + 1 }, (_, s) =>
    Math.round((s / count) * (AGREEMENT_BINS - 1)),
  );
  const counts = layers.map(() => new Uint32Array(AGREEMENT_BINS));
  const totals = layers.map(() => 0);
  const layerOf = layerFinder(layers);
  for (let i = 0; i < sums.length; i++) {
    const layer = layerOf(places === undefined ? i : places[i]);
    const agreed = Math.abs(sums[i]);
    counts[layer][binOf[agreed]]++;
    totals[layer] += agreed;
  }
  return counts.flatMap((own, layer) => {
    const voted = own.reduce((sum, value) => sum + value, 0);
    if (voted === 0) return [];
    const histogram = Array.from(own, (value) => rounded(value / voted));
    return [{ layer, mean: rounded(totals[layer] / voted / count), histogram }];
  });
}

/** E|S|/n of n fair coins. */
export function coinAgreement(n: number): number {
  let product = 1;
  // C(n−1, k) / 2^(n−1) with k = ⌊(n−1)/2⌋, factor by factor so that nothing overflows.
  const k = Math.floor((n - 1) / 2);
  for (let i = 1; i <= k; i++) product *= (n - 1 - k + i) / i / 4;
  return (n - 1) % 2 === 0 ? product : product / 2;
}

/** From a parameter's place to the layer it belongs to. */
function layerFinder(layers: readonly LayerDescription[]): (parameter: number) => number {
  let end = 0;
  const ends = layers.map(({ parameters }) => {
    end += parameters;
    return end;
  });
  return (parameter) => {
    let layer = 0;
    while (parameter >= ends[layer]) layer++;
    return layer;
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
