/**
 * Timing that can be trusted on a noisy machine: all contenders and peers in one process, in turn,
 * many rounds; what counts is the ratio within a round.
 */

/** One call of the work, finished when it returns (or its promise resolves). */
export type Work = () => void | Promise<void>;

export interface Ratio {
  /** Median of peer time / contender time. */
  readonly ratio: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
  /** Medians, in milliseconds a call. */
  readonly contenderMs: number;
  readonly peerMs: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Calls are repeated within a turn until about this much time is filled. */
  readonly turnMs: number;
}

/** Milliseconds a call, one for each round, under the works' names. */
export async function measure<Name extends string>(
  works: ReadonlyMap<Name, Work>,
  { rounds, turnMs }: MeasureOptions,
): Promise<Map<Name, number[]>> {
  const calls = new Map<Name, number>();
  for (const [name, work] of works) calls.set(name, await warmUp(work, turnMs));
  const times = new Map<Name, number[]>([...works.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of works) {
      const count = calls.get(name) ?? 1;
      const start = performance.now();
      for (let i = 0; i < count; i++) await work();
      times.get(name)?.push((performance.now() - start) / count);
    }
  }
  return times;
}

/** How many times faster the contender is. */
export function ratioOf(contender: readonly number[], peer: readonly number[]): Ratio {
  const ratios = peer.map((time, round) => time / contender[round]);
  return {
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    contenderMs: quantile(contender, 0.5),
    peerMs: quantile(peer, 0.5),
  };
}

/** Runs until the optimizing compilers are done; returns how many calls fill a turn. */
async function warmUp(work: Work, turnMs: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  while (calls < 3 || performance.now() - start < 2 * turnMs) {
    await work();
    calls++;
    // A call that takes seconds is not made faster by more of them.
    if (performance.now() - start > 3000) break;
  }
  return Math.max(1, Math.round((calls * turnMs) / (performance.now() - start)));
}

/** Linear interpolation between the sorted values; q in [0, 1]. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}
