import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import type { LabeledBits } from '../network/labeled-bits.js';
import { decodeBitsFile, encodeBitsFile } from './bits-file.js';
import { encodeFrame, type Frame, ZERO_HASH } from './frame.js';
import { sha256Hex } from './sha256.js';

interface Written {
  name: string;
  rows: string[];
  labels: number[];
  classes: number;
  file: string;
  sha256: string;
}
const vectors: { cases: Written[] } = JSON.parse(
  readFileSync(new URL('../../vectors/bits.json', import.meta.url), 'utf8'),
);

function labeled(rows: readonly (readonly boolean[])[], labels: readonly number[]): LabeledBits {
  const bits = BitMatrix.create(rows.length, rows[0].length);
  rows.forEach((row, r) => {
    row.forEach((bit, c) => {
      bits.set(r, c, bit);
    });
  });
  return { bits, labels: Int32Array.from(labels) };
}

/** A frame of kind `bits`: two samples of 11 bits, of two classes, with the given fields wrong. */
const forged = (change: Partial<Frame>) =>
  encodeFrame({
    kind: 'bits',
    rule: 0,
    flags: 0,
    taskHash: ZERO_HASH,
    baseHash: ZERO_HASH,
    round: 0,
    parameters: 2,
    payload: Uint8Array.of(...head, 255, 7, 1, 0, ...labels),
    ...change,
  });
const head = [11, 0, 0, 0, 2, 0, 0, 0];
const labels = [1, 0, 0, 0];

describe('a file of labeled bits', () => {
  it.each(vectors.cases)('has the bytes of the vectors: $name', (vector) => {
    const rows = vector.rows.map((row) => [...row].map((bit) => bit === '1'));
    const bytes = encodeBitsFile(labeled(rows, vector.labels), vector.classes);
    expect(Buffer.from(bytes).toString('hex')).toBe(vector.file);
    expect(sha256Hex(bytes)).toBe(vector.sha256);
    expect(decodeBitsFile(Buffer.from(vector.file, 'hex'))).toEqual({
      ...labeled(rows, vector.labels),
      classes: vector.classes,
    });
  });

  it('holds the targets of multi-label data as rows of bits', () => {
    const { bits } = labeled([Array(11).fill(true), [true, ...Array(10).fill(false)]], []);
    const targets = BitMatrix.fromSigns(2, 9, [1, ...Array(8).fill(-1), ...Array(9).fill(1)]);
    const bytes = encodeBitsFile({ bits, targets }, 9);
    const payload = Uint8Array.of(11, 0, 0, 0, 9, 0, 0, 0, 255, 7, 1, 0, 1, 0, 255, 1);
    expect(bytes).toEqual(forged({ flags: 1, payload }));
    expect(decodeBitsFile(bytes)).toEqual({ bits, targets, classes: 9 });
    payload[13] = 2;
    expect(() => decodeBitsFile(forged({ flags: 1, payload }))).toThrow(/sample 0 has bits/);
  });

  it('comes back as it was', () => {
    const data = fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 270 }))
      .chain(([samples, cols]) =>
        fc.tuple(
          fc.array(fc.array(fc.boolean(), { minLength: cols, maxLength: cols }), {
            minLength: samples,
            maxLength: samples,
          }),
          fc.array(fc.nat(999), { minLength: samples, maxLength: samples }),
        ),
      );
    fc.assert(
      fc.property(data, ([rows, values]) => {
        const original = labeled(rows, values);
        const decoded = decodeBitsFile(encodeBitsFile(original, 1000));
        expect(decoded).toEqual({ ...original, classes: 1000 });
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, Partial<Frame>]>([
    ['must be 0', { rule: 1 }],
    ['"flags" is 2', { flags: 2 }],
    ['must be 0', { round: 1 }],
    ['must be 0', { taskHash: 'ab'.repeat(32) }],
    ['must be 0', { baseHash: 'ab'.repeat(32) }],
    ['"samples" is 0', { parameters: 0 }],
    ['3 samples of 11 bits take 20 bytes', { parameters: 3 }],
    ['4294967295 samples', { parameters: 0xffffffff }],
    ['fewer than its head', { payload: new Uint8Array(7) }],
    ['"bits" is 0', { payload: Uint8Array.of(0, ...head.slice(1), ...labels) }],
    ['"bits" is 65537', { payload: Uint8Array.of(1, 0, 1, 0, ...head.slice(4), ...labels) }],
    ['"classes" is 0', { payload: Uint8Array.of(11, 0, 0, 0, 0, 0, 0, 0) }],
    ['sample 1 has bits', { payload: Uint8Array.of(...head, 255, 7, 1, 8, ...labels) }],
    ['label 2 of sample 0', { payload: Uint8Array.of(...head, 255, 7, 1, 0, 2, 0, 0, 0) }],
  ])('is refused, naming the field: %s', (field, change) => {
    expect(decodeBitsFile(forged({}))).toMatchObject({ labels: Int32Array.of(1, 0) });
    expect(() => decodeBitsFile(forged(change))).toThrow(
      expect.objectContaining({ code: 'file-corrupt', message: expect.stringContaining(field) }),
    );
  });

  it('is refused where its rows, padded, would take many times its size', () => {
    // A bit and a label a sample: 2 bytes in the file, 32 in memory.
    const samples = 2 ** 25 + 1;
    const payload = new Uint8Array(8 + 2 * samples);
    payload.set([1, 0, 0, 0, 1, 0, 0, 0]);
    const file = forged({ flags: 1, parameters: samples, payload });
    expect(() => decodeBitsFile(file)).toThrow(/33554433 samples take more than 536870912 bytes/);
  });
});
