import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../codec/crc32c.js';
import { BitMatrix } from '../kernels/bits.js';
import { randomBits } from '../kernels/testing/both-connectors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { type ExportedHead, type ExportedLayer, encodeHead } from './head-file.js';
import { loadHead } from './inference-head.js';

function randomHead(sizes: readonly number[], planes: 1 | 2, scaled: boolean, seed: number) {
  const random = new Random(deriveSeed(seed, 'head'));
  const layers = sizes.slice(1).map((neurons, l): ExportedLayer => {
    const inputs = sizes[l];
    const last = l + 2 === sizes.length;
    return {
      planes: Array.from({ length: planes }, () => randomBits(neurons, inputs, random)),
      thresholds: Int32Array.from({ length: neurons }, () => random.below(9) - 4),
      scales:
        last && scaled ? Float32Array.from({ length: neurons }, () => random.unit()) : undefined,
    };
  });
  const outputs = sizes[sizes.length - 1];
  const labels = Array.from({ length: outputs === 1 ? 2 : outputs }, (_, i) => `class ${i}`);
  return { head: { metadata: { title: 'random', labels }, layers }, random };
}

/** By the definition, over ±1 values. */
function logitsByDefinition({ layers }: ExportedHead, sample: readonly number[]): number[] {
  let x = sample;
  layers.forEach(({ planes, thresholds, scales }, l) => {
    const margins = Array.from(thresholds, (threshold, n) => {
      let product = 0;
      for (const plane of planes) {
        for (let k = 0; k < x.length; k++) product += (plane.get(n, k) ? 1 : -1) * x[k];
      }
      return product - threshold;
    });
    const last = l + 1 === layers.length;
    x = last
      ? margins.map((margin, n) => Math.fround(margin * (scales?.[n] ?? 1)))
      : margins.map((margin) => (margin >= 0 ? 1 : -1));
  });
  return [...x];
}

const shape = fc.record({
  seed: fc.nat(1_000_000),
  sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 5 }),
  planes: fc.constantFrom<1 | 2>(1, 2),
  scaled: fc.boolean(),
});

describe('an exported head', () => {
  it('predicts what its weights, planes, thresholds and scales say', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ seed, sizes, planes, scaled }) => {
        const { head, random } = randomHead(sizes, planes, scaled, seed);
        const loaded = await loadHead(encodeHead(head));
        expect(loaded.inputs).toBe(sizes[0]);
        expect(loaded.metadata).toEqual(head.metadata);
        for (let i = 0; i < 3; i++) {
          const sample = randomBits(1, sizes[0], random);
          loaded.input.set(sample.bytes);
          const best = loaded.predict();
          const expected = logitsByDefinition(
            head,
            Array.from({ length: sizes[0] }, (_, k) => (sample.get(0, k) ? 1 : -1)),
          );
          expect([...loaded.logits]).toEqual(expected);
          const answer =
            expected.length === 1
              ? Number(expected[0] >= 0)
              : expected.indexOf(Math.max(...expected));
          expect(best).toBe(answer);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('counts more bits than a byte or 31 vectors hold', async () => {
    const layer = (planes: BitMatrix[]) => ({ planes, thresholds: new Int32Array(planes[0].rows) });
    const plus = BitMatrix.fromSigns(2, 9000, new Float32Array(18_000));
    const head = { metadata: { title: 't', labels: ['a', 'b'] }, layers: [layer([plus, plus])] };
    const loaded = await loadHead(encodeHead(head));
    expect([loaded.predict(), ...loaded.logits]).toEqual([0, -18_000, -18_000]);
    loaded.input.set(BitMatrix.fromSigns(1, 9000, new Float32Array(9000)).bytes);
    expect([loaded.predict(), ...loaded.logits]).toEqual([0, 18_000, 18_000]);
  });

  it('keeps the extremes of its thresholds', async () => {
    const planes = [BitMatrix.fromSigns(4, 5, new Float32Array(20))];
    const thresholds = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 5, 6);
    const next = BitMatrix.fromSigns(1, 4, [1, 1, 1, 1]);
    const head = {
      metadata: { title: 't', labels: ['no', 'yes'] },
      layers: [
        { planes, thresholds },
        { planes: [next], thresholds: new Int32Array(1) },
      ],
    };
    const loaded = await loadHead(encodeHead(head));
    loaded.input[0] = 0b11111;
    loaded.predict();
    // Always, never, 5 ≥ 5, 5 < 6.
    expect([...loaded.logits]).toEqual([0]);
    loaded.input[0] = 0b01111;
    loaded.predict();
    expect([...loaded.logits]).toEqual([-2]);
  });

  it('is read from any place in a buffer, and from a Buffer', async () => {
    const { head } = randomHead([70, 9], 1, false, 3);
    const file = encodeHead(head);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    const expected = await loadHead(file);
    expected.predict();
    for (const same of [shifted.subarray(3), Buffer.from(file), Buffer.from(shifted.buffer, 3)]) {
      const loaded = await loadHead(same);
      loaded.predict();
      expect(loaded.logits).toEqual(expected.logits);
    }
  });

  it('allocates nothing in a prediction', async () => {
    const { head } = randomHead([64, 64, 10], 1, false, 4);
    const loaded = await loadHead(encodeHead(head));
    const predictions = 200_000;
    const growth = () => {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < predictions; i++) loaded.predict();
      return process.memoryUsage().heapUsed - before;
    };
    const growths = Array.from({ length: 5 }, growth).sort((a, b) => a - b);
    // A lone number on the heap, 12 bytes a prediction, would make 2.4 MB.
    expect(growths[2]).toBeLessThan(predictions);
  });
});

describe('the file of a head', () => {
  const { head } = randomHead([40, 16, 10], 2, true, 5);
  const file = encodeHead(head);

  it('is refused when any bit of it is changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length * 8 - 1), async (bit) => {
        const broken = file.slice();
        broken[bit >> 3] ^= 1 << (bit & 7);
        await expect(loadHead(broken)).rejects.toMatchObject({ code: 'file-corrupt' });
      }),
    );
  });

  it('is refused when it is cut or goes on', async () => {
    for (const length of [0, 3, 16, 20, file.length - 16, file.length - 1]) {
      const cut = loadHead(file.slice(0, length));
      await expect(cut).rejects.toMatchObject({ code: 'file-corrupt' });
    }
    const longer = new Uint8Array(file.length + 16);
    longer.set(file);
    await expect(loadHead(longer)).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it.each([
    [
      'labels for other outputs',
      { metadata: { title: 't', labels: ['one'] }, layers: head.layers },
    ],
    ['no labels', { metadata: { title: 't' } as never, layers: head.layers }],
    [
      'layers that do not fit',
      { metadata: head.metadata, layers: [head.layers[1], head.layers[1]] },
    ],
    ['no layers', { metadata: head.metadata, layers: [] }],
    [
      'scales in the middle',
      {
        metadata: head.metadata,
        layers: [{ ...head.layers[0], scales: new Float32Array(16) }, head.layers[1]],
      },
    ],
  ])('is refused with a right checksum but %s', async (_, wrong) => {
    await expect(loadHead(encodeHead(wrong))).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it.each([
    ['a factor that is no number', [0.5, Number.NaN]],
    ['a factor of 0', [0, 0.5]],
    ['an infinite factor', [0.5, Number.POSITIVE_INFINITY]],
  ])('is refused with %s', async (_, scales) => {
    const planes = [BitMatrix.create(2, 9)];
    const layers = [{ planes, thresholds: new Int32Array(2), scales: Float32Array.from(scales) }];
    const metadata = { title: 't', labels: ['a', 'b'] };
    await expect(loadHead(encodeHead({ metadata, layers }))).rejects.toMatchObject({
      ...{ code: 'file-corrupt', message: expect.stringContaining('factor') },
    });
  });

  it.each([{ extractor: 5 }, { source: ['a'] }, { title: 'x', labels: ['a', 1] }])(
    'is refused with metadata of other types, %j',
    async (change) => {
      const metadata = { title: 't', labels: ['a', 'b'], ...change } as never;
      const layers = [{ planes: [BitMatrix.create(2, 9)], thresholds: new Int32Array(2) }];
      await expect(loadHead(encodeHead({ metadata, layers }))).rejects.toMatchObject({
        ...{ code: 'file-corrupt', message: expect.stringContaining('metadata') },
      });
    },
  );

  it('is refused where it declares more weights than 32 bits can count', async () => {
    // 2¹⁵ neurons of 2²⁰ inputs take 2³² bytes: none, in 32 bits. Only the thresholds are there.
    const neurons = 32_768;
    const text = new TextEncoder().encode('{"title":"t","labels":[]}       ');
    const broken = new Uint8Array(16 + text.length + 16 + 4 * neurons + 4);
    const view = new DataView(broken.buffer);
    const header = 16 + text.length;
    const fields = [0x49424846, 1 | (1 << 16), text.length, 0];
    fields.forEach((value, i) => {
      view.setUint32(4 * i, value, true);
    });
    broken.set(text, 16);
    [1 << 20, neurons, 1, 0].forEach((value, i) => {
      view.setUint32(header + 4 * i, value, true);
    });
    const length = broken.length - 4;
    view.setUint32(length, crc32c(broken.subarray(0, length)), true);
    await expect(loadHead(broken)).rejects.toMatchObject({
      ...{ code: 'file-corrupt', message: expect.stringContaining('ends too early') },
    });
  });
});
