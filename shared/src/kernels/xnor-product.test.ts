import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { laneStride } from './kernels.js';
import { onBoth, PRODUCT_WAYS, randomBits } from './testing/both-connectors.js';

const GUARD = 0x5a5a5a5a;

async function product(weights: BitMatrix, input: BitMatrix): Promise<Int32Array> {
  const [neurons, batch, inputs] = [weights.rows, input.rows, input.cols];
  const elements = neurons * laneStride(batch);
  const { out, guard } = await onBoth((desk) => {
    const address = desk.put(new Int32Array(elements + 16).fill(GUARD));
    const [w, x] = [desk.put(weights.bytes), desk.put(input.bytes)];
    desk.kernels.xnorProduct(w, x, neurons, batch, inputs, address);
    const guard = desk.integerRows(address + 4 * elements, 1, 16);
    return { out: desk.integerRows(address, neurons, batch), guard };
  }, PRODUCT_WAYS);
  expect(guard.every((word) => word === GUARD)).toBe(true);
  return out;
}

/** The same by the definition: a sum over ±1 values. */
function naive(weights: BitMatrix, input: BitMatrix): Int32Array {
  const signs = (m: BitMatrix) =>
    Array.from({ length: m.rows }, (_, r) =>
      Int32Array.from({ length: m.cols }, (_, c) => (m.get(r, c) ? 1 : -1)),
    );
  const [w, x] = [signs(weights), signs(input)];
  return Int32Array.from(
    w.flatMap((row) =>
      x.map((sample) => {
        let sum = 0;
        for (let k = 0; k < row.length; k++) sum += row[k] * sample[k];
        return sum;
      }),
    ),
  );
}

async function check(neurons: number, batch: number, inputs: number, random: Random) {
  const weights = randomBits(neurons, inputs, random);
  const input = randomBits(batch, inputs, random);
  expect(await product(weights, input)).toEqual(naive(weights, input));
}

describe('the XNOR-popcount product', () => {
  it('multiplies by hand: (+1, +1, −1) · (+1, −1, −1) = 1', async () => {
    const out = await product(
      BitMatrix.fromSigns(1, 3, [1, 1, -1]),
      BitMatrix.fromSigns(1, 3, [1, -1, -1]),
    );
    expect([...out]).toEqual([1]);
  });

  it('is the integer product of ±1 matrices for any shape', async () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        size(200),
        size(130),
        size(1000),
        async (seed, neurons, batch, inputs) => {
          await check(neurons, batch, inputs, new Random(deriveSeed(seed, 'xnor')));
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([1, 23, 24, 25, 63, 64, 65, 127, 128, 129, 239, 240, 241, 4097, 10_000])(
    'is exact for %d inputs, few samples or many',
    async (inputs) => {
      const random = new Random(deriveSeed(inputs, 'inputs'));
      for (const batch of [1, 17, 40]) await check(33, batch, inputs, random);
    },
  );

  it.each([1, 11, 12, 16, 33, 48, 49, 64, 65, 76, 128])(
    'is exact for a batch of %d',
    async (batch) => {
      const random = new Random(deriveSeed(batch, 'batch'));
      for (const neurons of [5, 32, 47]) await check(neurons, batch, 300, random);
    },
  );

  it('is exact where the neurons need more than one run of tables', async () => {
    await check(1030, 16, 50, new Random(deriveSeed(1030, 'neurons')));
  });

  it('reaches ±K where all bits agree or differ, for K = 10,000', async () => {
    for (const rows of [1, 40]) {
      const plus = BitMatrix.fromSigns(rows, 10_000, new Float32Array(rows * 10_000));
      const minus = BitMatrix.create(rows, 10_000);
      const values = async (w: BitMatrix, x: BitMatrix) => new Set(await product(w, x));
      expect(await values(plus, plus)).toEqual(new Set([10_000]));
      expect(await values(minus, minus)).toEqual(new Set([10_000]));
      expect(await values(plus, minus)).toEqual(new Set([-10_000]));
      expect(await values(minus, plus)).toEqual(new Set([-10_000]));
    }
  });
});
