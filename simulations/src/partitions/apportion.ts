/**
 * Whole numbers that sum to `total`, as near to the shares as can be: each gets ⌊total · w/Σw⌋, and
 * what is left goes to the largest remainders, lower indices first (Hamilton's method).
 * @param weights non-negative, not all 0
 */
export function apportion(weights: Float64Array, total: number): Uint32Array {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const quotas = weights.map((weight) => (weight / sum) * total);
  const parts = Uint32Array.from(quotas, Math.floor);
  const left = total - parts.reduce((all, part) => all + part, 0);
  const order = Uint32Array.from(weights, (_, i) => i).sort(
    (a, b) => quotas[b] - parts[b] - (quotas[a] - parts[a]) || a - b,
  );
  for (let i = 0; i < left; i++) parts[order[i % order.length]]++;
  return parts;
}
