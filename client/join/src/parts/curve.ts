/** Geometry of a curve over rounds, in a square of 100 by 100 that is stretched to where it is drawn. */

/** What a step from tick to tick may be, times powers of ten. */
const STEPS = [1, 2, 5];

/** Where a round stands, from the first to the last that are shown; in [0, 100]. */
export function across(round: number, first: number, last: number): number {
  return (100 * (round - first)) / Math.max(1, last - first);
}

/** A path through shares in [0, 1], over the rounds at which they are known. */
export function curvePath(
  values: readonly { readonly round: number; readonly share: number | undefined }[],
): string {
  const [first, last] = [values.at(0)?.round ?? 0, values.at(-1)?.round ?? 0];
  return values
    .filter(({ share }) => share !== undefined)
    .map(({ round, share = 0 }, i) => {
      const x = across(round, first, last).toFixed(2);
      return `${i === 0 ? 'M' : 'L'}${x} ${(100 * (1 - share)).toFixed(2)}`;
    })
    .join('');
}

/** Whole rounds to be named below a curve, evenly spaced, `most` at most. */
export function roundTicks(first: number, last: number, most: number): number[] {
  let step = 1;
  for (let i = 1; Math.floor(last / step) - Math.ceil(first / step) + 1 > most; i++) {
    step = STEPS[i % STEPS.length] * 10 ** Math.floor(i / STEPS.length);
  }
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}
