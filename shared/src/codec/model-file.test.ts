import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlobalModel } from '../rules/rule.js';
import { encodeFrame, type Frame, ZERO_HASH } from './frame.js';
import { decodeModel, encodeModel } from './model-file.js';
import { sha256Hex } from './sha256.js';

interface Written {
  name: string;
  taskHash: string;
  round: number;
  fraction: 15 | 24;
  latents: number[];
  file: string;
  sha256: string;
}
const vectors: { cases: Written[] } = JSON.parse(
  readFileSync(new URL('../../vectors/model.json', import.meta.url), 'utf8'),
);
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const taskHash = 'ab'.repeat(32);

const model = (round: number, fraction: 15 | 24, latents: number[]): GlobalModel => ({
  round,
  fraction,
  latents: fraction === 15 ? Int16Array.from(latents) : Int32Array.from(latents),
});

const models = fc.oneof(
  fc
    .tuple(fc.nat(1e6), fc.array(fc.integer({ min: -32_767, max: 32_767 })))
    .map(([round, latents]) => model(round, 15, latents)),
  fc
    .tuple(fc.nat(1e6), fc.array(fc.integer({ min: -(2 ** 24), max: 2 ** 24 })))
    .map(([round, latents]) => model(round, 24, latents)),
);

/** A frame of kind `model` with the given fields wrong. */
const forged = (change: Partial<Frame>) =>
  encodeFrame({
    kind: 'model',
    rule: 0,
    flags: 15,
    taskHash,
    baseHash: ZERO_HASH,
    round: 1,
    parameters: 2,
    payload: new Uint8Array(4),
    ...change,
  });

const corrupt = (field: string) =>
  expect.objectContaining({ code: 'file-corrupt', message: expect.stringContaining(field) });

describe('a model file', () => {
  it.each(vectors.cases)('has the bytes of the vectors: $name', (vector) => {
    const expected = model(vector.round, vector.fraction, vector.latents);
    const bytes = encodeModel({ taskHash: vector.taskHash, model: expected });
    expect(Buffer.from(bytes).toString('hex')).toBe(vector.file);
    expect(sha256Hex(bytes)).toBe(vector.sha256);
    expect(decodeModel(hex(vector.file), { taskHash: vector.taskHash })).toEqual(expected);
  });

  it('comes back as it was, and no other file means the same', () => {
    fc.assert(
      fc.property(models, (original) => {
        const bytes = encodeModel({ taskHash, model: original });
        const decoded = decodeModel(bytes, { taskHash, parameters: original.latents.length });
        expect(decoded).toEqual(original);
        expect(encodeModel({ taskHash, model: decoded })).toEqual(bytes);
      }),
    );
  });

  it.each<[string, Partial<Frame>]>([
    ['rule', { rule: 1 }],
    ['base', { baseHash: taskHash }],
    ['fraction', { flags: 16 }],
    ['latent 1 is -32768', { payload: Uint8Array.of(0, 0, 0, 0x80) }],
    ['2 latents take 4 bytes, not 3', { payload: new Uint8Array(3) }],
    ['2 latents take 8 bytes, not 4', { flags: 24 }],
    ['latent 0 is 16777217', { flags: 24, payload: Uint8Array.of(1, 0, 0, 1, 0, 0, 0, 0) }],
    [
      'latent 1 is -16777217',
      { flags: 24, payload: Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 254) },
    ],
  ])('is refused if it is not canonical: %s', (field, change) => {
    expect(() => decodeModel(forged(change))).toThrow(corrupt(field));
  });

  it('is refused if it is of another task or size, or damaged', () => {
    const bytes = forged({});
    expect(decodeModel(bytes).latents).toHaveLength(2);
    expect(() => decodeModel(bytes, { taskHash: ZERO_HASH })).toThrow(corrupt('task hash'));
    expect(() => decodeModel(bytes, { parameters: 3 })).toThrow(corrupt('parameters'));
    expect(() => decodeModel(bytes.subarray(0, -1))).toThrow(corrupt('payload length'));
    expect(() => decodeModel(bytes.with(84, 1))).toThrow(corrupt('checksum'));
  });
});
