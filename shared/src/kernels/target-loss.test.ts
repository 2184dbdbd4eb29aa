import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { laneStride } from './kernels.js';
import { onBoth, randomBits, randomIntegers } from './testing/both-connectors.js';

type Kind = 'sigmoidCrossEntropy' | 'squaredHinge';

/** `z` is [outputs][batch], `targets` a bit matrix of the same shape. */
async function evaluate(
  kind: Kind,
  z: Int32Array<ArrayBuffer>,
  scales: Float32Array<ArrayBuffer>,
  targets: BitMatrix,
) {
  const { rows: outputs, cols: batch } = targets;
  const { loss, gradient } = await onBoth((desk) => {
    const out = desk.room(4 * outputs * laneStride(batch));
    const mean = desk.kernels[kind](
      ...[desk.putRows(z, batch), desk.put(scales), desk.put(targets.bytes)],
      ...([outputs, batch, out] as const),
    );
    return { loss: Float32Array.of(mean), gradient: desk.floatRows(out, outputs, batch) };
  });
  return { loss: loss[0], gradient };
}

/** One output, one sample. */
const single = (kind: Kind, z: number, scale: number, yes: boolean) =>
  evaluate(
    kind,
    Int32Array.of(z),
    Float32Array.of(scale),
    BitMatrix.fromSigns(1, 1, [yes ? 1 : -1]),
  );

/** Loss and ∂loss/∂x of one output in f64, from the textbook. */
const exact: Record<Kind, (x: number, yes: boolean) => [loss: number, slope: number]> = {
  sigmoidCrossEntropy(x, yes) {
    const probability = 1 / (1 + Math.exp(-x));
    return [Math.log1p(Math.exp(yes ? -x : x)), probability - Number(yes)];
  },
  squaredHinge(x, yes) {
    const t = yes ? 1 : -1;
    const margin = Math.max(0, 1 - t * x);
    return [margin * margin, -2 * t * margin];
  },
};

describe('sigmoid cross-entropy', () => {
  it('is ln 2 at 0, with slopes of one half', async () => {
    const no = await single('sigmoidCrossEntropy', 0, 1, false);
    const yes = await single('sigmoidCrossEntropy', 0, 1, true);
    expect([no.loss, yes.loss]).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect([no.gradient[0], yes.gradient[0]]).toEqual([0.5, -0.5]);
  });

  it('is ln(1 + e^∓2) for a logit of 2, as computed by hand', async () => {
    const no = await single('sigmoidCrossEntropy', 4, 0.5, false);
    const yes = await single('sigmoidCrossEntropy', 4, 0.5, true);
    expect(no.loss).toBeCloseTo(2.126928, 6);
    expect(yes.loss).toBeCloseTo(0.126928, 6);
    expect(no.gradient[0]).toBeCloseTo(0.5 * 0.880797, 6);
    expect(yes.gradient[0]).toBeCloseTo(-0.5 * 0.119203, 6);
  });

  it('stays finite for logits of thousands, and is 0 where they are right', async () => {
    const wrong = await single('sigmoidCrossEntropy', -10_000, 1, true);
    expect([wrong.loss, wrong.gradient[0]]).toEqual([10_000, -1]);
    const right = await single('sigmoidCrossEntropy', -10_000, 1, false);
    expect([right.loss, right.gradient[0]]).toEqual([0, 0]);
  });

  it('keeps the digits of small slopes: σ(−20) = 2.0611536e-9', async () => {
    const { gradient } = await single('sigmoidCrossEntropy', 20, 1, true);
    expect(gradient[0] / -2.0611536181902037e-9).toBeCloseTo(1, 5);
  });
});

describe('the squared hinge', () => {
  it('is 0 from a margin of 1 on and grows as a square below, by hand', async () => {
    const cases = [
      [1, true, 0, 0],
      [3, true, 0, 0],
      [0, true, 1, -2],
      [-2, true, 9, -6],
      [-1, false, 0, 0],
      [2, false, 9, 6],
    ] as const;
    for (const [z, yes, loss, slope] of cases) {
      const found = await single('squaredHinge', z, 1, yes);
      expect(found.loss).toBe(loss);
      expect(found.gradient[0] === slope).toBe(true);
    }
  });

  it('has the scale and 1/batch in its gradient', async () => {
    const targets = BitMatrix.fromSigns(1, 2, [1, 1]);
    const { loss, gradient } = await evaluate(
      'squaredHinge',
      Int32Array.of(0, 8),
      Float32Array.of(0.25),
      targets,
    );
    expect(loss).toBe(0.5);
    expect([...gradient].map((g) => g + 0)).toEqual([-0.25, 0]);
  });
});

describe('a loss against bits', () => {
  it.each<Kind>(['sigmoidCrossEntropy', 'squaredHinge'])(
    'has the textbook loss and gradient within 2⁻¹⁹, for any shape: %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(1_000_000),
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 130 }),
          async (seed, outputs, batch) => {
            const random = new Random(deriveSeed(seed, 'targets'));
            const z = randomIntegers(outputs * batch, 60, random);
            const scales = Float32Array.from({ length: outputs }, () => 0.01 + random.unit());
            const targets = randomBits(outputs, batch, random);
            const { loss, gradient } = await evaluate(kind, z, scales, targets);
            let total = 0;
            gradient.forEach((value, i) => {
              const [n, b] = [Math.floor(i / batch), i % batch];
              const x = scales[n] * z[i];
              const [term, slope] = exact[kind](x, targets.get(n, b));
              total += term;
              const relative = (value * batch) / scales[n];
              expect(Math.abs(relative - slope)).toBeLessThan(2 ** -19 * Math.max(1, Math.abs(x)));
            });
            const mean = total / batch;
            expect(Math.abs(loss - mean)).toBeLessThan(2 ** -19 * Math.max(1, mean));
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});

describe('softmax cross-entropy with a scale a class', () => {
  it('has the textbook loss and gradient within 2⁻¹⁹, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 130 }),
        async (seed, classes, batch) => {
          const random = new Random(deriveSeed(seed, 'scaled softmax'));
          const z = randomIntegers(classes * batch, 60, random);
          const scales = Float32Array.from({ length: classes }, () => random.unit());
          const labels = Int32Array.from({ length: batch }, () => random.below(classes));
          const { loss, gradient } = await onBoth((desk) => {
            const out = desk.room(4 * classes * laneStride(batch));
            const mean = desk.kernels.scaledSoftmaxCrossEntropy(
              ...[desk.putRows(z, batch), desk.put(scales), desk.put(labels)],
              ...([classes, batch, out] as const),
            );
            return { loss: Float32Array.of(mean), gradient: desk.floatRows(out, classes, batch) };
          });
          let total = 0;
          for (let b = 0; b < batch; b++) {
            const logits = Array.from({ length: classes }, (_, c) => scales[c] * z[c * batch + b]);
            const sum = logits.reduce((s, x) => s + Math.exp(x), 0);
            total += Math.log(sum) - logits[labels[b]];
            logits.forEach((x, c) => {
              const slope = (Math.exp(x) / sum - Number(c === labels[b])) * scales[c];
              expect(Math.abs(gradient[c * batch + b] * batch - slope)).toBeLessThan(2 ** -18);
            });
          }
          const mean = total / batch;
          expect(Math.abs(loss[0] - mean)).toBeLessThan(2 ** -18 * Math.max(1, mean));
        },
      ),
      { numRuns: 25 },
    );
  });
});
