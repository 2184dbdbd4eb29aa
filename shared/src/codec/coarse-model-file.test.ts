import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import type { GlobalModel } from '../rules/rule.js';
import { type CoarseBits, decodeCoarseModel, encodeCoarseModel } from './coarse-model-file.js';
import { crc32c } from './crc32c.js';
import { encodeModel } from './model-file.js';

const names = { taskHash: 'ab'.repeat(32), exactHash: 'cd'.repeat(32) };
const widths = fc.constantFrom<CoarseBits>(6, 7, 8);
const models = fc
  .tuple(fc.constantFrom(15 as const, 24 as const), fc.constantFrom(1, 100, 3000, 32_767))
  .chain(([fraction, most]) =>
    fc
      .array(fc.integer({ min: -most, max: most }), { minLength: 1, maxLength: 60 })
      .map((values): GlobalModel => {
        const latents = fraction === 15 ? Int16Array.from(values) : Int32Array.from(values);
        return { round: 7, fraction, latents };
      }),
  );
const decode = (bytes: Uint8Array, parameters: number) =>
  decodeCoarseModel(bytes, { ...names, parameters });

describe('a coarse model file', () => {
  it('keeps every sign, and every latent within half a level', () => {
    fc.assert(
      fc.property(models, widths, (model, bits) => {
        const { latents } = model;
        const file = encodeCoarseModel({ ...names, bits, model });
        const read = decode(file, latents.length);
        expect(read).toMatchObject({
          ...names,
          bits,
          model: { round: 7, fraction: model.fraction },
        });
        const range = 1 + Math.max(...Array.from(latents, Math.abs));
        latents.forEach((latent, i) => {
          const coarse = read.model.latents[i];
          expect(coarse >= 0).toBe(latent >= 0);
          expect(Math.abs(coarse - latent)).toBeLessThanOrEqual(range / 2 ** bits + 1);
          expect(Math.abs(coarse)).toBeLessThanOrEqual(range);
        });
      }),
    );
  });

  it('has the levels that were computed by hand', () => {
    // R = 64 at 6 bits: a level is 2 units wide and read as its upper unit.
    const model = {
      round: 1,
      fraction: 15,
      latents: Int16Array.of(0, 1, -1, -2, 63, -63),
    } as const;
    const read = decode(encodeCoarseModel({ ...names, bits: 6, model }), 6);
    expect([...read.model.latents]).toEqual([1, 1, -1, -1, 63, -63]);
  });

  it('takes half the bytes of the exact file at 8 bits, and three eighths at 6', () => {
    const model = { round: 1, fraction: 15, latents: new Int16Array(4000) } as const;
    const bytes = (bits: CoarseBits) => encodeCoarseModel({ ...names, bits, model }).length;
    const exact = encodeModel({ ...names, model }).length - 88;
    expect([bytes(8) - 93, bytes(6) - 93]).toEqual([exact / 2, (3 * exact) / 8]);
  });

  it('is refused with a FederationError wherever a byte is wrong, or read as latents in range', () => {
    fc.assert(
      fc.property(
        models,
        widths,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (model, bits, at, x) => {
          const file = encodeCoarseModel({ ...names, bits, model });
          file[at % (file.length - 4)] ^= x;
          new DataView(file.buffer).setUint32(file.length - 4, crc32c(file.subarray(0, -4)), true);
          try {
            const { latents, fraction } = decode(file, model.latents.length).model;
            expect(latents.every((latent) => Math.abs(latent) <= 2 ** fraction)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(FederationError);
            expect((error as FederationError).code).toBe('file-corrupt');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not mistaken for the exact file', () => {
    const model = { round: 1, fraction: 15, latents: Int16Array.of(5, -5) } as const;
    expect(() => decode(encodeModel({ ...names, model }), 2)).toThrow(/field "bits" is 15/);
  });
});
