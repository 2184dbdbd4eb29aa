import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { type BinaryLayer, BinaryNetwork } from './binary-network.js';

function randomBits(rows: number, cols: number, random: Random): BitMatrix {
  const bits = BitMatrix.create(rows, cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) bits.set(r, c, random.uint32() >= 2 ** 31);
  }
  return bits;
}

/** The definition, on arrays of booleans. */
function naiveMargins(layers: readonly BinaryLayer[], sample: readonly boolean[]): number[] {
  let input = sample;
  let margins: number[] = [];
  for (const { weights, thresholds } of layers) {
    margins = Array.from(thresholds, (threshold, n) => {
      const product = input.reduce((sum, x, k) => sum + (x === weights.get(n, k) ? 1 : -1), 0);
      return product - threshold;
    });
    input = margins.map((margin) => margin >= 0);
  }
  return margins;
}

describe('a binary network', () => {
  it('computes its definition, for any sizes and more samples than go through at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(10_000),
        fc.array(fc.integer({ min: 1, max: 140 }), { minLength: 2, maxLength: 4 }),
        fc.constantFrom(1, 3, 40, 300),
        async (seed, sizes, samples) => {
          const random = new Random(deriveSeed(seed, 'binary network'));
          const layers = sizes.slice(1).map((neurons, l) => ({
            weights: randomBits(neurons, sizes[l], random),
            thresholds: Int32Array.from({ length: neurons }, () => random.below(9) - 4),
          }));
          const bits = randomBits(samples, sizes[0], random);
          const network = await BinaryNetwork.create(layers);
          const margins = network.margins(bits);
          expect(margins).toHaveLength(samples * network.outputs);
          for (const i of [0, samples >> 1, samples - 1]) {
            const sample = Array.from({ length: sizes[0] }, (_, k) => bits.get(i, k));
            const own = margins.subarray(i * network.outputs, (i + 1) * network.outputs);
            expect([...own]).toEqual(naiveMargins(layers, sample));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses layers and samples that do not fit', async () => {
    const layer = { weights: BitMatrix.create(3, 5), thresholds: new Int32Array(3) };
    await expect(BinaryNetwork.create([layer, layer])).rejects.toThrow(/layer 1: 5 inputs/);
    const network = await BinaryNetwork.create([layer]);
    expect(() => network.margins(BitMatrix.create(1, 6))).toThrow(/6 bits.*takes 5/);
  });
});
