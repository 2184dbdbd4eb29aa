/**
 * Timing that can be trusted on a noisy machine: contender and peers in one process, in turn, many
 * rounds; what counts is the ratio within a round.
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

/** Ratios of each peer to the contender, under the peers' names. */
export async function measure<Name extends string>(
  contender: Work,
  peers: ReadonlyMap<Name, Work>,
  { rounds, turnMs }: MeasureOptions,
): Promise<Map<Name, Ratio>> {
  const calls = new Map<Work, number>();
  for (const work of [contender, ...peers.values()]) calls.set(work, await warmUp(work, turnMs));
  const turn = async (work: Work): Promise<number> => {
    const count = calls.get(work) ?? 1;
    const start = performance.now();
    for (let i = 0; i < count; i++) await work();
    return (performance.now() - start) / count;
  };
  const ours: number[] = [];
  const theirs = new Map<Name, number[]>([...peers.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    ours.push(await turn(contender));
    for (const [name, work] of peers) theirs.get(name)?.push(await turn(work));
  }
  const result = new Map<Name, Ratio>();
  for (const [name, times] of theirs) {
    const ratios = times.map((time, round) => time / ours[round]);
    result.set(name, {
      ratio: quantile(ratios, 0.5),
      low: quantile(ratios, 0.25),
      high: quantile(ratios, 0.75),
      contenderMs: quantile(ours, 0.5),
      peerMs: quantile(times, 0.5),
    });
  }
  return result;
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
