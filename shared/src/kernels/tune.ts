/**
 * Finds the fastest way to make products on this machine: which one wins depends on the processor
 * (one popcount a cycle or four, how many byte shuffles), and on what the engine makes of them.
 */
import { bitRowBytes, type Kernels, laneStride } from './kernels.js';
import { type KernelsName, PRODUCT_ALGORITHMS, type ProductAlgorithm } from './product-choice.js';
import { createSimdKernels, type SimdProducts } from './simd.js';

/** A layer as heads have them: large enough that the product is what is timed. */
const NEURONS = 512;
const INPUTS = 512;
const SAMPLES = { few: 1, many: 64 } as const;
/** Milliseconds for all ways and one shape. */
const BUDGET_MS = 6;
/** Before they are timed: engines recompile hot code in the background. */
const WARM_UP_MS = 2;

/** The way that usually wins; another must be faster by this factor, or it was chance. */
const FAVOURITE = { few: 'words', many: 'tables' } as const;
const CLEARLY = 1.15;

/** About 14 ms, from then on the same answer for the realm. */
export async function tuneProducts(
  module: WebAssembly.Module,
  name: KernelsName,
): Promise<SimdProducts> {
  const ways = new Map<ProductAlgorithm, Kernels>();
  for (const way of PRODUCT_ALGORITHMS) {
    ways.set(way, await createSimdKernels(module, name, { few: way, many: way }));
  }
  const many = candidates(ways, SAMPLES.many);
  // `tables` counts few samples as `bytes` does: there is nothing to choose.
  ways.delete('tables');
  const few = candidates(ways, SAMPLES.few);
  race(many, WARM_UP_MS);
  race(few, BUDGET_MS);
  for (const candidate of many) candidate.best = Number.POSITIVE_INFINITY;
  race(many, BUDGET_MS);
  return { few: fastest(few, FAVOURITE.few), many: fastest(many, FAVOURITE.many) };
}

interface Candidate {
  readonly way: ProductAlgorithm;
  readonly run: () => void;
  /** Shortest run so far, in milliseconds: other work on the machine only ever adds time. */
  best: number;
}

function candidates(ways: ReadonlyMap<ProductAlgorithm, Kernels>, batch: number): Candidate[] {
  return [...ways].map(([way, kernels]) => ({
    way,
    run: productRun(kernels, batch),
    best: Number.POSITIVE_INFINITY,
  }));
}

function race(runners: readonly Candidate[], milliseconds: number): void {
  const end = performance.now() + milliseconds;
  do {
    for (const runner of runners) runner.best = Math.min(runner.best, timed(runner.run));
  } while (performance.now() < end);
}

function fastest(runners: readonly Candidate[], favourite: ProductAlgorithm): ProductAlgorithm {
  const handicapped = runners.map(({ way, best }) => ({
    way,
    time: way === favourite ? best : best * CLEARLY,
  }));
  handicapped.sort((a, b) => a.time - b.time);
  return handicapped[0].way;
}

/** Clocks of pages tick every 5 or 100 µs: a run is repeated until it fills some ticks. */
const SHORTEST_MS = 0.25;

/** Milliseconds a run. */
function timed(run: () => void): number {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  do {
    run();
    runs++;
    elapsed = performance.now() - start;
  } while (elapsed < SHORTEST_MS);
  return elapsed / runs;
}

function productRun(kernels: Kernels, batch: number): () => void {
  const { memory } = kernels;
  const weights = memory.allocate(NEURONS * bitRowBytes(INPUTS));
  const inputBits = memory.allocate(batch * bitRowBytes(INPUTS));
  const out = memory.allocate(4 * NEURONS * laneStride(batch));
  return () => kernels.xnorProduct(weights, inputBits, NEURONS, batch, INPUTS, out);
}
