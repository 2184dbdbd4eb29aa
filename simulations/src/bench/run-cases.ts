/** Runs the chosen cases; the same in Node and in a page. */
import {
  bitRowBytes,
  describeKernels,
  FederationError,
  laneStride,
  loadKernels,
} from '@fedhybnn/shared';
import { type BenchCase, benchCases, type PeerName } from './cases.js';
import type { ExtractionInput } from './extraction.js';
import type { ContenderName } from './fedhybnn.js';
import { type MeasureOptions, measure, type Ratio, ratioOf, type Work } from './measure.js';

/** One line of the result: ratio = peer's time / ours. */
export interface BenchRow extends Ratio {
  readonly case: string;
  readonly contender: ContenderName;
  readonly peer: PeerName;
}

export interface BenchRequest extends MeasureOptions {
  /** Cases whose name contains this. */
  readonly only: string;
}

export interface BenchResult {
  readonly rows: readonly BenchRow[];
  /** The kernels that are taken here by default. */
  readonly kernels: string;
  /** Milliseconds from nothing to the result of a first product. */
  readonly firstCallMs: number;
}

/**
 * @param more cases that only this engine can run
 * @throws FederationError `bad-request` naming the cases that there are
 */
export async function runCases(
  { only, ...options }: BenchRequest,
  extraction: ExtractionInput,
  more: readonly BenchCase[],
  note: (line: string) => void,
): Promise<BenchResult> {
  // Before anything else has loaded the kernels.
  const first = await firstCall();
  const all = [...benchCases(await contenders(), extraction), ...more];
  const chosen = all.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new FederationError('bad-request', `--only ${only}: no such case; there are ${names}`);
  }
  const rows: BenchRow[] = [];
  for (const benchCase of chosen) {
    note(`${benchCase.name} …`);
    rows.push(...(await runCase(benchCase, options)));
  }
  return { rows, ...first };
}

async function runCase(benchCase: BenchCase, options: MeasureOptions): Promise<BenchRow[]> {
  const { name, contenders, peers } = benchCase;
  const works = new Map<ContenderName | PeerName, Work>();
  for (const [work, open] of [...contenders, ...peers]) works.set(work, await open());
  const times = await measure(works, options);
  await benchCase.close?.();
  const timesOf = (work: ContenderName | PeerName) => times.get(work) ?? [];
  return contenders.flatMap(([contender]) =>
    peers.map(([peer]) => ({
      ...{ case: name, contender, peer },
      ...ratioOf(timesOf(contender), timesOf(peer)),
    })),
  );
}

async function contenders(): Promise<ContenderName[]> {
  const relaxed = await loadKernels({ kind: 'relaxed' }).catch(() => undefined);
  return relaxed === undefined ? ['portable'] : ['portable', 'relaxed'];
}

/** Decoding, compiling, tuning and instantiating the kernels, and a layer's product of one batch. */
async function firstCall(): Promise<Omit<BenchResult, 'rows'>> {
  const [neurons, batch, inputs] = [256, 64, 512];
  const start = performance.now();
  const kernels = await loadKernels();
  const { memory } = kernels;
  const weights = memory.allocate(neurons * bitRowBytes(inputs));
  const samples = memory.allocate(batch * bitRowBytes(inputs));
  const out = memory.allocate(4 * neurons * laneStride(batch));
  kernels.xnorProduct(weights, samples, neurons, batch, inputs, out);
  const firstCallMs = performance.now() - start;
  return { kernels: describeKernels(kernels), firstCallMs };
}
