/**
 * How fast are the kernels? Products of ±1 matrices in GOPS (2·M·N·K operations), inference of one
 * sample, and training steps with the share of each kernel; the plain-TypeScript reference beside
 * them where it takes no minutes. After a build: `node shared/dist/kernels/kernels.bench.js`,
 * with `--experimental-wasm-relaxed-simd` for the relaxed module in Node 20.
 *
 * Each line gives the median and, since a shared machine only ever adds time, the fastest run.
 */
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { bitRowBytes, type Kernels, laneStride } from './kernels.js';
import { loadKernels } from './load.js';
import { PRODUCT_ALGORITHMS } from './product-choice.js';
import { randomBits } from './testing/both-connectors.js';
import { trainingStep } from './testing/training-step.js';

interface Timing {
  /** Milliseconds. */
  readonly median: number;
  readonly fastest: number;
}

function summarize(samples: number[]): Timing {
  samples.sort((a, b) => a - b);
  return { median: samples[samples.length >> 1], fastest: samples[0] };
}

/** Times a run, after a warm-up in which the optimizing compiler finishes. */
function time(run: () => void): Timing {
  const until = (milliseconds: number) => {
    const samples: number[] = [];
    const end = performance.now() + milliseconds;
    while (performance.now() < end || samples.length < 3) {
      const start = performance.now();
      run();
      samples.push(performance.now() - start);
    }
    return samples;
  };
  until(100);
  return summarize(until(400));
}

function benchProduct(kernels: Kernels, neurons: number, batch: number, inputs: number): void {
  const random = new Random(deriveSeed(1, 'benchmark'));
  const put = (rows: number) => {
    const { bytes } = randomBits(rows, inputs, random);
    const address = kernels.memory.allocate(rows * bitRowBytes(inputs));
    new Uint8Array(kernels.memory.buffer, address, bytes.length).set(bytes);
    return address;
  };
  const [weights, input] = [put(neurons), put(batch)];
  const out = kernels.memory.allocate(4 * neurons * laneStride(batch));
  const { median, fastest } = time(() =>
    kernels.xnorProduct(weights, input, neurons, batch, inputs, out),
  );
  const gops = (milliseconds: number) =>
    ((2 * neurons * batch * inputs) / milliseconds / 1e6).toFixed(0);
  console.log(
    `${kernels.name} ${kernels.products.few} product ${neurons} × ${batch} × ${inputs}: ${gops(median)} GOPS, ` +
      `at best ${gops(fastest)} (${(1000 * fastest).toFixed(1)} µs)`,
  );
}

function benchStep(
  kernels: Kernels,
  sizes: readonly number[],
  batch: number,
  optimizer: 'adam' | 'sgd',
): void {
  const step = trainingStep(kernels, sizes, batch, optimizer);
  const { median, fastest } = time(() => step((_, run) => run()));
  console.log(
    `${kernels.name} step ${sizes.join('-')}, batch ${batch}, ${optimizer}: ` +
      `${median.toFixed(3)} ms, at best ${fastest.toFixed(3)} ms`,
  );
  if (kernels.name === 'reference') return;
  const parts = new Map<string, number[]>();
  for (let i = 0; i < 100; i++) {
    step((name, run) => {
      const start = performance.now();
      run();
      const samples = parts.get(name) ?? [];
      parts.set(name, samples);
      samples.push(performance.now() - start);
    });
  }
  for (const [name, samples] of parts) {
    console.log(`    ${name}: ${(1000 * summarize(samples).median).toFixed(1)} µs`);
  }
}

const reference = await loadKernels({ kind: 'reference' });
for (const kind of ['simd', 'relaxed'] as const) {
  for (const way of PRODUCT_ALGORITHMS) {
    const products = { few: way, many: way };
    const kernels = await loadKernels({ kind, products }).catch(() => undefined);
    if (kernels === undefined) continue;
    for (const size of [256, 512, 1024]) benchProduct(kernels, size, size, size);
    for (const batch of [1, 32]) benchProduct(kernels, 1024, batch, 1024);
  }
}
benchProduct(reference, 256, 256, 256);
const best = await loadKernels();
console.log(`chosen here: ${best.name}, ${JSON.stringify(best.products)}`);
for (const optimizer of ['sgd', 'adam'] as const) {
  benchStep(best, [256, 512, 10], 64, optimizer);
  benchStep(reference, [256, 512, 10], 64, optimizer);
  benchStep(best, [784, 1024, 1024, 1024, 10], 64, optimizer);
}
