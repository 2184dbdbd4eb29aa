import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { laneStride } from './kernels.js';
import { onBoth, randomFloats, randomIntegers } from './testing/both-connectors.js';

const size = (max: number) => fc.integer({ min: 1, max });

describe('the gradient through a binary activation', () => {
  const mask = async (
    z: Int32Array<ArrayBuffer>,
    gradient: Float32Array<ArrayBuffer>,
    batch: number,
    limit: number,
    scale: number,
  ) => {
    const neurons = z.length / batch;
    const { out } = await onBoth((desk) => {
      const address = desk.putRows(gradient, batch);
      const products = desk.putRows(z, batch);
      desk.kernels.maskGradient(products, limit, scale, neurons, batch, address);
      return { out: desk.floatRows(address, neurons, batch) };
    });
    return out;
  };

  it('passes where |z| ≤ limit, whole or not, and is 0 elsewhere', async () => {
    const z = Int32Array.from([-3, -2, 0, 2, 3]);
    const gradient = Float32Array.from([1, 2, 3, 4, 5]);
    expect([...(await mask(z, gradient, 5, 2, 0.5))]).toEqual([0, 1, 1.5, 2, 0]);
    expect([...(await mask(z, gradient, 5, 2.9, 1))]).toEqual([0, 2, 3, 4, 0]);
    expect([...(await mask(z, gradient, 5, 0, 1))]).toEqual([0, 0, 3, 0, 0]);
    expect([...(await mask(z, gradient, 5, Infinity, 1))]).toEqual([1, 2, 3, 4, 5]);
  });

  it('is the f32 product with the scale, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        size(200),
        size(130),
        fc.nat(6),
        async (seed, neurons, batch, limit) => {
          const random = new Random(deriveSeed(seed, 'mask'));
          const z = randomIntegers(neurons * batch, 5, random);
          const gradient = randomFloats(neurons * batch, random);
          const out = await mask(z, gradient, batch, limit, 0.1);
          const scale = Math.fround(0.1);
          const expected = gradient.map((g, i) => (Math.abs(z[i]) <= limit ? g * scale : 0));
          expect(out).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('softmax cross-entropy', () => {
  /** `z` is [classes][batch]. */
  const evaluate = async (
    z: Int32Array<ArrayBuffer>,
    labels: Int32Array<ArrayBuffer>,
    scale: number,
  ) => {
    const batch = labels.length;
    const classes = z.length / batch;
    const { loss, gradient } = await onBoth((desk) => {
      const out = desk.room(4 * classes * laneStride(batch));
      const [logits, truth] = [desk.putRows(z, batch), desk.put(labels)];
      const mean = desk.kernels.softmaxCrossEntropy(logits, scale, truth, classes, batch, out);
      return { loss: Float32Array.of(mean), gradient: desk.floatRows(out, classes, batch) };
    });
    return { loss: loss[0], gradient };
  };

  it('is ln 4 for four equal logits, with gradient ¼ and −¾', async () => {
    const { loss, gradient } = await evaluate(new Int32Array(4), Int32Array.of(1), 1);
    expect(loss).toBeCloseTo(2 * Math.LN2, 6);
    expect([...gradient]).toEqual([0.25, -0.75, 0.25, 0.25]);
  });

  it('is right for two classes: ln(1 + e⁻ˣ), as computed by hand for x = 2', async () => {
    const { loss, gradient } = await evaluate(Int32Array.of(4, 0), Int32Array.of(0), 0.5);
    expect(loss).toBeCloseTo(0.126928, 6);
    expect(gradient[0]).toBeCloseTo(-0.5 * 0.119203, 6);
    expect(gradient[1]).toBeCloseTo(0.5 * 0.119203, 6);
  });

  it('has the textbook loss and gradient within 2⁻¹⁹, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        fc.integer({ min: 2, max: 30 }),
        size(130),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        async (seed, classes, batch, scale) => {
          const random = new Random(deriveSeed(seed, 'softmax'));
          const z = randomIntegers(classes * batch, 60, random);
          const labels = Int32Array.from({ length: batch }, () => random.below(classes));
          const { loss, gradient } = await evaluate(z, labels, scale);
          let total = 0;
          for (let b = 0; b < batch; b++) {
            const logits = Array.from({ length: classes }, (_, c) => scale * z[c * batch + b]);
            const sum = logits.reduce((s, x) => s + Math.exp(x), 0);
            total += Math.log(sum) - logits[labels[b]];
            logits.forEach((x, c) => {
              const exact = Math.exp(x) / sum - Number(c === labels[b]);
              const relative = (gradient[c * batch + b] * batch) / scale;
              expect(Math.abs(relative - exact)).toBeLessThan(2 ** -19);
            });
          }
          const mean = total / batch;
          expect(Math.abs(loss - mean)).toBeLessThan(2 ** -19 * Math.max(1, mean));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('stays finite for logits that are thousands apart', async () => {
    const { loss, gradient } = await evaluate(
      Int32Array.of(10_000, 0, -10_000),
      Int32Array.of(2),
      1,
    );
    expect(loss).toBe(20_000);
    expect([...gradient]).toEqual([1, 0, -1]);
  });
});
