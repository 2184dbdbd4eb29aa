import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeExtractorFile, encodeExtractorFile, loadExtractor } from './index.js';
import type { VaeArrays, VaeHeader } from './vae-file.js';

const header: VaeHeader = {
  kind: 'vae',
  name: 'tiny-vae',
  bits: 3,
  input: { width: 2, height: 2, channels: 1 },
  hidden: 2,
  variant: 'denoising',
  trainedOn: 'nothing',
  command: 'by hand',
};

const encoder = (change: Partial<VaeArrays> = {}): VaeArrays => ({
  scales: Float32Array.of(0.5, 0.25),
  biases: Int32Array.of(-10, 4),
  thresholds: Int32Array.of(0, 100, -5000),
  first: Int8Array.of(1, -1, 2, 0, 0, 3, -1, 1),
  second: Int8Array.of(1, -1, 0, 2, 127, -128),
  ...change,
});

const integers = (length: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });

const anyEncoder = fc
  .record({
    scales: fc.array(fc.float({ min: Math.fround(1e-6), max: 4, noNaN: true }), {
      ...{ minLength: 2, maxLength: 2 },
    }),
    biases: integers(2, -100_000, 100_000),
    thresholds: integers(3, -40_000, 40_000),
    first: integers(8, -128, 127),
    second: integers(6, -128, 127),
  })
  .map(
    (raw): VaeArrays => ({
      scales: Float32Array.from(raw.scales),
      biases: Int32Array.from(raw.biases),
      thresholds: Int32Array.from(raw.thresholds),
      first: Int8Array.from(raw.first),
      second: Int8Array.from(raw.second),
    }),
  );

/** The formula of the file's head, a sum at a time, with exact integers. */
function bitsOf(arrays: VaeArrays, pixels: readonly number[]): boolean[] {
  const hidden = [0, 1].map((h) => {
    const sum = pixels.reduce((s, p, i) => s + BigInt(p * arrays.first[i * 2 + h]), 0n);
    const value = Math.floor(Number(sum + BigInt(arrays.biases[h])) * arrays.scales[h]);
    return BigInt(Math.min(255, Math.max(0, value)));
  });
  return [0, 1, 2].map((l) => {
    const sum = hidden.reduce((s, y, h) => s + y * BigInt(arrays.second[h * 3 + l]), 0n);
    return sum >= BigInt(arrays.thresholds[l]);
  });
}

describe('the vae extractor', () => {
  it('computes what is written, worked by hand', async () => {
    const extractor = await loadExtractor(encodeExtractorFile({ header, encoder: encoder() }));
    const pixels = Uint8Array.of(10, 20, 0, 4);
    const bits = await extractor.extract({ ...header.input, count: 1, pixels });
    // Sums 10 + 40 − 4 − 10 = 36 and −10 + 4 + 4 = −2; values 18 and 0; latents 18, −18, 0.
    expect([0, 1, 2].map((l) => bits.get(0, l))).toEqual([true, false, true]);
    expect([extractor.kind, extractor.bits]).toEqual(['vae', 3]);
  });

  it('gives the bits of the formula for any encoder and any images', async () => {
    const images = fc.array(integers(4, 0, 255), { minLength: 1, maxLength: 230 });
    await fc.assert(
      fc.asyncProperty(anyEncoder, images, async (arrays, rows) => {
        const extractor = await loadExtractor(encodeExtractorFile({ header, encoder: arrays }));
        const pixels = Uint8Array.from(rows.flat());
        const done: number[] = [];
        const bits = await extractor.extract(
          { ...header.input, count: rows.length, pixels },
          (share) => done.push(share),
        );
        rows.forEach((row, i) => {
          expect([0, 1, 2].map((l) => bits.get(i, l))).toEqual(bitsOf(arrays, row));
        });
        expect(done.at(-1)).toBe(1);
      }),
    );
  });

  it('refuses images of another size', async () => {
    const extractor = await loadExtractor(encodeExtractorFile({ header, encoder: encoder() }));
    const images = { width: 3, height: 2, channels: 1, count: 1, pixels: new Uint8Array(6) };
    await expect(extractor.extract(images)).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('the file of a vae extractor', () => {
  it('gives back any encoder, at any offset in its buffer', () => {
    fc.assert(
      fc.property(anyEncoder, fc.nat(7), (arrays, offset) => {
        const bytes = encodeExtractorFile({ header, encoder: arrays });
        const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
        shifted.set(bytes);
        expect(decodeExtractorFile(shifted)).toEqual({ header, encoder: arrays });
      }),
    );
  });

  it('is refused after any change of a byte, and at any other length', () => {
    const whole = encodeExtractorFile({ header, encoder: encoder() });
    const corrupt = expect.objectContaining({ code: 'file-corrupt' });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = whole.slice();
        bytes[at] ^= change;
        expect(() => decodeExtractorFile(bytes)).toThrow(corrupt);
      }),
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeExtractorFile(whole.subarray(0, length))).toThrow(corrupt);
    }
  });

  it.each<[string, Partial<VaeArrays>, RegExp]>([
    ['a scale of 0', { scales: Float32Array.of(1, 0) }, /scale 1 is 0, not positive/],
    ['a scale that is no number', { scales: Float32Array.of(Number.NaN, 1) }, /scale 0 is NaN/],
    [
      'a bias beyond its bound',
      { biases: Int32Array.of(0, -(2 ** 30) - 1) },
      /bias 1 is -1073741825/,
    ],
    ['too few weights', { first: new Int8Array(7) }, /"first" holds 7 numbers, not 8/],
    [
      'too many thresholds',
      { thresholds: new Int32Array(4) },
      /"thresholds" holds 4 numbers, not 3/,
    ],
  ])('is not written with %s', (_, change, message) => {
    expect(() => encodeExtractorFile({ header, encoder: encoder(change) })).toThrow(message);
  });

  it('is not written for images whose sums might not fit', () => {
    const large = { ...header, input: { width: 4096, height: 9, channels: 1 } };
    expect(() => encodeExtractorFile({ header: large, encoder: encoder() })).toThrow(/"input"/);
  });
});
