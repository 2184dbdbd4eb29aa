import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { type Address, bitRowBytes, type Kernels, laneStride } from './kernels.js';
import { loadKernels } from './load.js';

/** Puts the same inputs into a connector's memory and reads its outputs back. */
class Bench {
  constructor(readonly kernels: Kernels) {}

  room(bytes: number): Address {
    return this.kernels.memory.allocate(bytes);
  }

  put(bytes: Uint8Array): Address {
    const address = this.room(bytes.length);
    new Uint8Array(this.kernels.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }

  putFloats(values: Float32Array): Address {
    return this.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  putIntegers(values: Int32Array): Address {
    return this.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  bytes(address: Address, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, address, length).slice();
  }

  /** The `cols` used elements of each row, without the padding lanes. */
  floats(address: Address, rows: number, cols: number): Float32Array {
    const stride = laneStride(cols);
    const all = new Float32Array(this.kernels.memory.buffer, address, rows * stride);
    return Float32Array.from(
      { length: rows * cols },
      (_, i) => all[Math.floor(i / cols) * stride + (i % cols)],
    );
  }

  integers(address: Address, rows: number, cols: number): Int32Array {
    const stride = laneStride(cols);
    const all = new Int32Array(this.kernels.memory.buffer, address, rows * stride);
    return Int32Array.from(
      { length: rows * cols },
      (_, i) => all[Math.floor(i / cols) * stride + (i % cols)],
    );
  }
}

const randomBits = (rows: number, cols: number, random: Random) => {
  const bits = BitMatrix.create(rows, cols);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) bits.set(r, c, random.unit() < 0.5);
  return bits;
};

/** Floats of very different sizes, zeros among them. */
const randomFloats = (length: number, random: Random) =>
  Float32Array.from({ length }, () => {
    const scale = 2 ** (random.below(24) - 16);
    return random.below(8) === 0 ? 0 : (2 * random.unit() - 1) * scale;
  });

const randomIntegers = (length: number, range: number, random: Random) =>
  Int32Array.from({ length }, () => random.below(2 * range + 1) - range);

const seeds = fc.nat(1_000_000).map((n) => deriveSeed(n, 'kernels'));
const sizes = (max: number) => fc.integer({ min: 1, max });

let connectors: (() => Promise<Bench>)[];

beforeAll(() => {
  connectors = (['reference', 'simd'] as const).map(
    (kind) => async () => new Bench(await loadKernels({ kind })),
  );
});

/** Runs an operation on both connectors and expects the same bytes; returns the reference's. */
async function agree<T>(operation: (bench: Bench) => T): Promise<T> {
  const [reference, simd] = await Promise.all(
    connectors.map(async (open) => operation(await open())),
  );
  expect(simd).toEqual(reference);
  return reference;
}

describe('bit operations', () => {
  it('pack the signs of floats, with 0 and −0 as +1', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes(20), sizes(300), async (seed, rows, cols) => {
        const stride = laneStride(cols);
        const values = randomFloats(rows * stride, new Random(seed));
        values[0] = -0;
        const bytes = await agree((bench) => {
          const out = bench.room(rows * bitRowBytes(cols));
          bench.kernels.packSigns(bench.putFloats(values), rows, cols, stride, out);
          return bench.bytes(out, rows * bitRowBytes(cols));
        });
        const cut = Float32Array.from(
          { length: rows * cols },
          (_, i) => values[Math.floor(i / cols) * stride + (i % cols)],
        );
        expect(bytes).toEqual(BitMatrix.fromSigns(rows, cols, cut).bytes);
      }),
      { numRuns: 30 },
    );
  });

  it('transpose any shape, padding staying clear', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes(150), sizes(300), async (seed, rows, cols) => {
        const bits = randomBits(rows, cols, new Random(seed));
        const bytes = await agree((bench) => {
          const out = bench.put(new Uint8Array(cols * bitRowBytes(rows)).fill(0xff));
          bench.kernels.transposeBits(bench.put(bits.bytes), rows, cols, out);
          return bench.bytes(out, cols * bitRowBytes(rows));
        });
        const expected = BitMatrix.create(cols, rows);
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < cols; c++) expected.set(c, r, bits.get(r, c));
        expect(bytes).toEqual(expected.bytes);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the XNOR-popcount product', () => {
  const product = async (seed: string, neurons: number, batch: number, inputs: number) => {
    const random = new Random(seed);
    const weights = randomBits(neurons, inputs, random);
    const input = randomBits(batch, inputs, random);
    const out = await agree((bench) => {
      const address = bench.room(4 * neurons * laneStride(batch));
      bench.kernels.xnorProduct(
        bench.put(weights.bytes),
        bench.put(input.bytes),
        neurons,
        batch,
        inputs,
        address,
      );
      return bench.integers(address, neurons, batch);
    });
    for (let n = 0; n < neurons; n++) {
      for (let b = 0; b < batch; b++) {
        let sum = 0;
        for (let k = 0; k < inputs; k++) sum += weights.get(n, k) === input.get(b, k) ? 1 : -1;
        expect(out[n * batch + b]).toBe(sum);
      }
    }
  };

  it('is the integer product of ±1 matrices for any shape', async () => {
    await fc.assert(fc.asyncProperty(seeds, sizes(40), sizes(40), sizes(400), product), {
      numRuns: 40,
    });
  });

  it.each([1, 63, 64, 65, 127, 128, 129, 4097, 10_000])(
    'is exact for %d inputs',
    async (inputs) => {
      await product(deriveSeed(inputs, 'inputs'), 5, 7, inputs);
    },
  );

  it('reaches ±K where all bits agree or differ, K = 10,000', async () => {
    const ones = BitMatrix.fromSigns(1, 10_000, new Float32Array(10_000));
    const zeros = BitMatrix.create(1, 10_000);
    for (const [input, sum] of [
      [ones, 10_000],
      [zeros, -10_000],
    ] as const) {
      const out = await agree((bench) => {
        const address = bench.room(64);
        bench.kernels.xnorProduct(
          bench.put(ones.bytes),
          bench.put(input.bytes),
          1,
          1,
          10_000,
          address,
        );
        return bench.integers(address, 1, 1);
      });
      expect(out[0]).toBe(sum);
    }
  });
});

describe('the sign × float product', () => {
  it('has the bytes of the reference and the value of the sum, for any shape and stride', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        sizes(60),
        sizes(140),
        sizes(40),
        fc.boolean(),
        async (seed, rows, terms, lanes, transposed) => {
          const random = new Random(seed);
          const bits = randomBits(rows, terms, random);
          const stride = laneStride(transposed ? terms : lanes);
          const values = randomFloats((transposed ? lanes : terms) * stride, random);
          const [termStride, laneApart] = transposed ? [1, stride] : [stride, 1];
          const out = await agree((bench) => {
            const address = bench.room(4 * rows * laneStride(lanes));
            const f = bench.putFloats(values);
            bench.kernels.signProduct(
              bench.put(bits.bytes),
              rows,
              terms,
              f,
              termStride,
              laneApart,
              lanes,
              address,
            );
            return bench.floats(address, rows, lanes);
          });
          for (let r = 0; r < rows; r++) {
            for (let v = 0; v < lanes; v++) {
              let sum = 0;
              let size = 0;
              for (let s = 0; s < terms; s++) {
                const value = values[s * termStride + v * laneApart];
                sum += bits.get(r, s) ? value : -value;
                size += Math.abs(value);
              }
              expect(Math.abs(out[r * lanes + v] - sum)).toBeLessThanOrEqual(
                terms * 2 ** -23 * size,
              );
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('activation and its gradient', () => {
  it('activates where z reaches the threshold', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        sizes(150),
        sizes(70),
        fc.boolean(),
        async (seed, neurons, batch, folded) => {
          const random = new Random(seed);
          const stride = laneStride(batch);
          const z = randomIntegers(neurons * stride, 3, random);
          const thresholds = randomIntegers(neurons, 2, random);
          const bytes = await agree((bench) => {
            const out = bench.room(batch * bitRowBytes(neurons));
            const limits = folded ? bench.putIntegers(thresholds) : 0;
            bench.kernels.activate(bench.putIntegers(z), limits, neurons, batch, out);
            return bench.bytes(out, batch * bitRowBytes(neurons));
          });
          const expected = BitMatrix.create(batch, neurons);
          for (let n = 0; n < neurons; n++) {
            for (let b = 0; b < batch; b++)
              expected.set(b, n, z[n * stride + b] >= (folded ? thresholds[n] : 0));
          }
          expect(bytes).toEqual(expected.bytes);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('passes the scaled gradient where |z| ≤ limit, and 0 elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        sizes(40),
        sizes(40),
        fc.nat(6),
        async (seed, neurons, batch, limit) => {
          const random = new Random(seed);
          const stride = laneStride(batch);
          const z = randomIntegers(neurons * stride, 5, random);
          const gradient = randomFloats(neurons * stride, random);
          const out = await agree((bench) => {
            const address = bench.putFloats(gradient);
            bench.kernels.maskGradient(bench.putIntegers(z), limit, 0.1, neurons, batch, address);
            // Adding 0 makes −0 and 0 one: the sign of a zero gradient means nothing.
            return bench.floats(address, neurons, batch).map((x) => x + 0);
          });
          for (let n = 0; n < neurons; n++) {
            for (let b = 0; b < batch; b++) {
              const at = n * stride + b;
              const expected = Math.abs(z[at]) <= limit ? gradient[at] * Math.fround(0.1) : 0;
              expect(out[n * batch + b]).toBeCloseTo(expected, 5);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('softmax cross-entropy', () => {
  const run = (z: Int32Array, labels: Int32Array, scale: number, classes: number, batch: number) =>
    agree((bench) => {
      const out = bench.room(4 * classes * laneStride(batch));
      const loss = bench.kernels.softmaxCrossEntropy(
        bench.putIntegers(z),
        scale,
        bench.putIntegers(labels),
        classes,
        batch,
        out,
      );
      return { loss, gradient: bench.floats(out, classes, batch) };
    });

  it('has the loss and the finite differences of the textbook formula', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        fc.integer({ min: 2, max: 12 }),
        sizes(20),
        async (seed, classes, batch) => {
          const random = new Random(seed);
          const stride = laneStride(batch);
          const z = randomIntegers(classes * stride, 60, random);
          const labels = Int32Array.from({ length: batch }, () => random.below(classes));
          const scale = 0.13;
          const { loss, gradient } = await run(z, labels, scale, classes, batch);
          const lossAt = (logits: (c: number, b: number) => number) => {
            let total = 0;
            for (let b = 0; b < batch; b++) {
              const column = Array.from({ length: classes }, (_, c) => scale * logits(c, b));
              const sum = column.reduce((s, x) => s + Math.exp(x), 0);
              total += Math.log(sum) - column[labels[b]];
            }
            return total / batch;
          };
          expect(loss).toBeCloseTo(
            lossAt((c, b) => z[c * stride + b]),
            5,
          );
          const h = 1e-4;
          for (let c = 0; c < classes; c++) {
            for (let b = 0; b < batch; b++) {
              const moved = (d: number) =>
                lossAt((i, j) => z[i * stride + j] + (i === c && j === b ? d : 0));
              expect(gradient[c * batch + b]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 5);
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('stays finite for logits that are thousands apart', async () => {
    const z = new Int32Array(3 * 16);
    z[0] = 10_000;
    z[32] = -10_000;
    const { loss, gradient } = await run(z, Int32Array.from([2]), 1, 3, 1);
    expect(loss).toBe(20_000);
    expect([...gradient]).toEqual([1, 0, -1]);
  });
});

describe('optimizer steps', () => {
  interface State {
    neurons: number;
    inputs: number;
    batch: number;
    bits: BitMatrix;
    gradient: Float32Array;
    latents: Float32Array;
  }

  const tiles = (neurons: number, inputs: number) => ((neurons + 15) >> 4) * inputs * 16;

  function randomState(seed: string, neurons: number, inputs: number, batch: number): State {
    const random = new Random(seed);
    const latents = new Float32Array(tiles(neurons, inputs));
    for (let n = 0; n < neurons; n++) {
      for (let k = 0; k < inputs; k++) {
        latents[((n >> 4) * inputs + k) * 16 + (n & 15)] = 2 * random.unit() - 1;
      }
    }
    const gradient = randomFloats(neurons * laneStride(batch), random);
    return { neurons, inputs, batch, bits: randomBits(inputs, batch, random), gradient, latents };
  }

  /** dW in f64, as the definition says. */
  function slope({ batch, bits, gradient }: State, n: number, k: number): number {
    let sum = 0;
    for (let b = 0; b < batch; b++) {
      const value = gradient[n * laneStride(batch) + b];
      sum += bits.get(k, b) ? value : -value;
    }
    return sum;
  }

  const shapes = [seeds, sizes(40), sizes(140), sizes(70)] as const;

  async function step(
    state: State,
    steps: number,
    apply: (
      bench: Bench,
      layer: Parameters<Kernels['sgdStep']>[0],
      state: Address,
      state2: Address,
      t: number,
    ) => void,
  ) {
    const { neurons, inputs, batch } = state;
    return agree((bench) => {
      const length = state.latents.length;
      const layer = {
        neurons,
        inputs,
        batch,
        inputsTransposed: bench.put(state.bits.bytes),
        gradient: bench.putFloats(state.gradient),
        latents: bench.putFloats(state.latents),
        weights: bench.room(neurons * bitRowBytes(inputs)),
      };
      const first = bench.room(4 * length);
      const second = bench.room(4 * length);
      for (let t = 1; t <= steps; t++) apply(bench, layer, first, second, t);
      return {
        latents: new Float32Array(bench.kernels.memory.buffer, layer.latents, length).slice(),
        weights: bench.bytes(layer.weights, neurons * bitRowBytes(inputs)),
      };
    });
  }

  function expectWeights(state: State, latents: Float32Array, weights: Uint8Array) {
    const expected = BitMatrix.create(state.neurons, state.inputs);
    for (let n = 0; n < state.neurons; n++) {
      for (let k = 0; k < state.inputs; k++) {
        expected.set(n, k, latents[((n >> 4) * state.inputs + k) * 16 + (n & 15)] >= 0);
      }
    }
    expect(weights).toEqual(expected.bytes);
    for (let i = 0; i < latents.length; i++) {
      const n = Math.floor(i / (16 * state.inputs)) * 16 + (i & 15);
      if (n >= state.neurons) expect(latents[i]).toBe(0);
      expect(Math.abs(latents[i])).toBeLessThanOrEqual(1);
    }
  }

  it('SGD with momentum follows its formula, clips and packs, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs, batch) => {
        const state = randomState(seed, neurons, inputs, batch);
        const { latents, weights } = await step(state, 2, (bench, layer, momentumBuffer) =>
          bench.kernels.sgdStep(layer, { momentumBuffer, learningRate: 0.01, momentum: 0.9 }),
        );
        expectWeights(state, latents, weights);
        for (let n = 0; n < neurons; n++) {
          for (let k = 0; k < inputs; k++) {
            const at = ((n >> 4) * inputs + k) * 16 + (n & 15);
            const g = slope(state, n, k);
            let h = state.latents[at];
            for (const m of [g, 1.9 * g]) h = Math.max(-1, Math.min(1, h - 0.01 * m));
            expect(latents[at]).toBeCloseTo(h, 3);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('Adam follows the paper’s formula, clips and packs, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs, batch) => {
        const state = randomState(seed, neurons, inputs, batch);
        const [beta1, beta2, epsilon, learningRate] = [0.9, 0.99, 1e-3, 0.01];
        const { latents, weights } = await step(
          state,
          3,
          (bench, layer, firstMoment, secondMoment, t) =>
            bench.kernels.adamStep(layer, {
              firstMoment,
              secondMoment,
              learningRate,
              beta1,
              beta2,
              epsilon,
              correction1: 1 / (1 - beta1 ** t),
              correction2: 1 / (1 - beta2 ** t),
            }),
        );
        expectWeights(state, latents, weights);
        for (let n = 0; n < neurons; n++) {
          for (let k = 0; k < inputs; k++) {
            const at = ((n >> 4) * inputs + k) * 16 + (n & 15);
            const g = slope(state, n, k);
            let [h, m, v] = [state.latents[at], 0, 0];
            for (let t = 1; t <= 3; t++) {
              m = beta1 * m + (1 - beta1) * g;
              v = beta2 * v + (1 - beta2) * g * g;
              const step = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
              h = Math.max(-1, Math.min(1, h - learningRate * step));
            }
            expect(latents[at]).toBeCloseTo(h, 3);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
