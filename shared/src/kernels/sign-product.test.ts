import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { laneStride } from './kernels.js';
import { onBoth, randomBits, randomFloats } from './testing/both-connectors.js';

/** `f[s · termStride + v · laneApart]` is term s of lane v. */
async function product(
  bits: BitMatrix,
  f: Float32Array<ArrayBuffer>,
  [termStride, laneApart]: readonly [number, number],
  lanes: number,
): Promise<Float32Array> {
  const [rows, terms] = [bits.rows, bits.cols];
  const { out } = await onBoth((desk) => {
    const signs = desk.put(bits.bytes);
    const address = desk.room(4 * rows * laneStride(lanes));
    // The floats come last: nothing may depend on what follows them.
    const values = desk.put(f);
    desk.kernels.signProduct(signs, rows, terms, values, termStride, laneApart, lanes, address);
    return { out: desk.floatRows(address, rows, lanes) };
  });
  return out;
}

describe('the sign × float product', () => {
  it('adds in groups of six, each as two sums of three', async () => {
    const plus = BitMatrix.fromSigns(1, 7, new Float32Array(7));
    const sum = async (...f: number[]) => (await product(plus, Float32Array.from(f), [1, 7], 1))[0];
    const big = 2 ** 24; // big + 1 rounds to big
    expect(await sum(big, 1, -big, 0, 0, 0, 0)).toBe(0);
    expect(await sum(big, -big, 1, 0, 0, 0, 0)).toBe(1);
    expect(await sum(big, 0, 0, 1, 1, 0, -big)).toBe(2);
    expect(await sum(big, 0, 1, 1, 0, 0, -big)).toBe(0);
    expect(await sum(1, 0, 0, 0, 0, 0, big)).toBe(big);
  });

  it('never gives −0, and passes on infinities', async () => {
    const bits = BitMatrix.fromSigns(2, 2, [1, 1, -1, -1]);
    const zeros = await product(bits, Float32Array.from([0, -0]), [1, 2], 1);
    expect([...zeros].every((x) => Object.is(x, 0))).toBe(true);
    const infinite = await product(bits, Float32Array.from([Infinity, 1]), [1, 2], 1);
    expect([...infinite]).toEqual([Infinity, -Infinity]);
  });

  it('has the value of the sum within the rounding of its additions, for any shape', async () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const layouts = fc.constantFrom('terms in rows', 'lanes in rows', 'apart');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        size(80),
        size(200),
        size(70),
        layouts,
        async (seed, rows, terms, lanes, layout) => {
          const random = new Random(deriveSeed(seed, 'sign product'));
          const bits = randomBits(rows, terms, random);
          const strides = {
            'terms in rows': [laneStride(lanes), 1],
            'lanes in rows': [1, laneStride(terms)],
            apart: [3, 3 * terms],
          } as const;
          const [termStride, laneApart] = strides[layout];
          const length = (terms - 1) * termStride + (lanes - 1) * laneApart + 1;
          const f = randomFloats(length, random);
          const out = await product(bits, f, [termStride, laneApart], lanes);
          for (let r = 0; r < rows; r++) {
            for (let v = 0; v < lanes; v++) {
              let sum = 0;
              let size = 0;
              for (let s = 0; s < terms; s++) {
                const value = f[s * termStride + v * laneApart];
                sum += bits.get(r, s) ? value : -value;
                size += Math.abs(value);
              }
              const additions = Math.ceil(terms / 6) + 3;
              const bound = additions * 2 ** -24 * size * (1 + 1e-4);
              expect(Math.abs(out[r * lanes + v] - sum)).toBeLessThanOrEqual(bound);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([1, 5, 6, 7, 18, 24, 25, 127, 128, 129, 1000])('counts %d terms', async (terms) => {
    const random = new Random(deriveSeed(terms, 'terms'));
    const bits = randomBits(20, terms, random);
    const ones = new Float32Array(16 * laneStride(terms)).fill(1);
    for (const strides of [
      [16, 1],
      [1, laneStride(terms)],
    ] as const) {
      const out = await product(bits, ones, strides, 16);
      for (let r = 0; r < 20; r++) {
        let sum = 0;
        for (let s = 0; s < terms; s++) sum += bits.get(r, s) ? 1 : -1;
        expect([...out.subarray(16 * r, 16 * r + 16)]).toEqual(Array(16).fill(sum));
      }
    }
  });
});
