import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { bitRowBytes } from './kernels.js';
import { onBoth, randomBits, randomFloats, randomIntegers } from './testing/both-connectors.js';

const seeds = fc.nat(1_000_000).map((n) => deriveSeed(n, 'bit operations'));
const sizes = (max: number) => fc.integer({ min: 1, max });
const edges = [1, 15, 16, 17, 63, 64, 65, 127, 128, 129];

describe('packing signs', () => {
  it('gives +1 for positive numbers, 0 and −0, and −1 for negative ones and NaN', async () => {
    const values = Float32Array.from([1, -1, 0, -0, Number.NaN, 1e-45, -1e-45, -Infinity]);
    const { bits } = await onBoth((desk) => {
      const out = desk.room(16);
      desk.kernels.packSigns(desk.put(values), 1, 8, 8, out);
      return { bits: desk.bits(out, 1, 8) };
    });
    expect([...bits]).toEqual([0b00101101, ...Array(15).fill(0)]);
  });

  it('takes rows of any length and distance', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes(20), sizes(300), fc.nat(9), async (seed, rows, cols, gap) => {
        const stride = cols + gap;
        const values = randomFloats(rows * stride, new Random(seed));
        const { bits } = await onBoth((desk) => {
          const out = desk.room(rows * bitRowBytes(cols));
          desk.kernels.packSigns(desk.put(values), rows, cols, stride, out);
          return { bits: desk.bits(out, rows, cols) };
        });
        const used = values.filter((_, i) => i % stride < cols);
        expect(bits).toEqual(BitMatrix.fromSigns(rows, cols, used).bytes);
      }),
      { numRuns: 30 },
    );
  });
});

describe('transposing bits', () => {
  const transpose = async (rows: number, cols: number, random: Random) => {
    const source = randomBits(rows, cols, random);
    const { bits } = await onBoth((desk) => {
      const out = desk.room(cols * bitRowBytes(rows));
      desk.kernels.transposeBits(desk.put(source.bytes), rows, cols, out);
      return { bits: desk.bits(out, cols, rows) };
    });
    const expected = BitMatrix.create(cols, rows);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) expected.set(c, r, source.get(r, c));
    }
    expect(bits).toEqual(expected.bytes);
  };

  it('swaps rows and columns of any shape and clears the padding', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes(200), sizes(400), async (seed, rows, cols) => {
        await transpose(rows, cols, new Random(seed));
      }),
      { numRuns: 40 },
    );
  });

  it('is right at the edges of its blocks', async () => {
    const random = new Random(deriveSeed(1, 'edges'));
    for (const rows of edges) for (const cols of edges) await transpose(rows, cols, random);
  });
});

describe('activation', () => {
  const activate = async (neurons: number, batch: number, folded: boolean, random: Random) => {
    const z = randomIntegers(neurons * batch, 3, random);
    const thresholds = randomIntegers(neurons, 2, random);
    const { bits } = await onBoth((desk) => {
      const out = desk.room(batch * bitRowBytes(neurons));
      const limits = folded ? desk.put(thresholds) : 0;
      desk.kernels.activate(desk.putRows(z, batch), limits, neurons, batch, out);
      return { bits: desk.bits(out, batch, neurons) };
    });
    const expected = BitMatrix.create(batch, neurons);
    for (let n = 0; n < neurons; n++) {
      const threshold = folded ? thresholds[n] : 0;
      for (let b = 0; b < batch; b++) expected.set(b, n, z[n * batch + b] >= threshold);
    }
    expect(bits).toEqual(expected.bytes);
  };

  it('fires where z reaches the threshold, 0 by default, and clears the padding', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        sizes(200),
        sizes(130),
        fc.boolean(),
        async (seed, neurons, batch, folded) => {
          await activate(neurons, batch, folded, new Random(seed));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is right at the edges of its blocks', async () => {
    const random = new Random(deriveSeed(2, 'edges'));
    for (const neurons of edges) {
      for (const batch of [1, 16, 17, 128, 129]) await activate(neurons, batch, true, random);
    }
  });
});
