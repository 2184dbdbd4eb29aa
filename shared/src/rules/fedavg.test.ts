import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import { fedavg } from './fedavg.js';
import type { GlobalModel, RoundContext } from './rule.js';

interface Written {
  name: string;
  round: number;
  clients: { local: number[]; payload: string }[];
  sums: number[];
  step: string;
  after: number[];
}
const vectors: { cases: Written[] } = JSON.parse(
  readFileSync(new URL('../../vectors/fedavg.json', import.meta.url), 'utf8'),
);

const seed = deriveSeed(1, 'round', 1);
const context = (parameters: number, round = 1): RoundContext => ({
  round,
  rounds: 50,
  parameters,
  seed,
  federationSeed: 1,
});
const zeros = (parameters: number): GlobalModel => ({
  round: 0,
  fraction: 24,
  latents: new Int32Array(parameters),
});
const encode = (local: Float32Array) => fedavg.encode(local, zeros(0), context(0), seed);

const latent = fc.float({ min: -1, max: 1, noNaN: true });
const cohorts = fc.integer({ min: 1, max: 20 }).chain((parameters) =>
  fc.array(
    fc
      .array(latent, { minLength: parameters, maxLength: parameters })
      .map((values) => Float32Array.from(values)),
    { minLength: 1, maxLength: 9 },
  ),
);

/** An f32 in [−1, 1] as the nearest integer of 2⁻²⁴, halves away from zero, from its bits. */
function units(value: number): bigint {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = BigInt(bits & 0x7fffff) | (exponent > 0 ? 1n << 23n : 0n);
  const twice = (mantissa << 200n) >> BigInt(325 - Math.max(exponent, 1)); // 2 · |value| · 2²⁴
  const size = (twice + 1n) >> 1n;
  return bits >>> 31 ? -size : size;
}

function roundedMean(sum: bigint, count: bigint): bigint {
  const size = sum < 0n ? -sum : sum;
  const mean = (2n * size + count) / (2n * count);
  return sum < 0n ? -mean : mean;
}

describe('fedavg', () => {
  it.each(vectors.cases)('plays the round of the vectors: $name', (vector) => {
    const facts = context(vector.after.length, vector.round);
    const payloads = vector.clients.map(({ local, payload }) => {
      const encoded = encode(Float32Array.from(local));
      expect(Buffer.from(encoded).toString('hex')).toBe(payload);
      return encoded;
    });
    const tally = fedavg.tally(payloads, facts);
    expect(tally.count).toBe(payloads.length);
    expect(Array.from(tally.sums, (sum) => sum + 0)).toEqual(vector.sums);
    const step = fedavg.apply(zeros(facts.parameters), tally, facts);
    expect(Buffer.from(step).toString('hex')).toBe(vector.step);
    expect(fedavg.advance(zeros(facts.parameters), step, facts)).toEqual({
      round: vector.round,
      fraction: 24,
      latents: Int32Array.from(vector.after),
    });
  });

  it('is the mean in exact integers, whatever the latents', () => {
    fc.assert(
      fc.property(cohorts, (locals) => {
        const facts = context(locals[0].length);
        const tally = fedavg.tally(locals.map(encode), facts);
        const step = fedavg.apply(zeros(facts.parameters), tally, facts);
        const { latents } = fedavg.advance(zeros(facts.parameters), step, facts);
        const count = BigInt(locals.length);
        for (let i = 0; i < facts.parameters; i++) {
          const sum = locals.reduce((total, local) => total + units(local[i]), 0n);
          expect(BigInt(tally.sums[i])).toBe(sum);
          expect(BigInt(latents[i])).toBe(roundedMean(sum, count));
        }
      }),
    );
  });

  it('rounds every mean right: sums next to halves, for all counts', () => {
    const close = fc
      .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(2 ** 24 - 1))
      .chain(([count, whole]) => {
        const half = count * whole + count / 2;
        return fc.tuple(
          fc.constant(count),
          fc.constantFrom(-1, 1),
          fc.constantFrom(
            Math.floor(half) - 1,
            Math.floor(half),
            Math.ceil(half),
            Math.ceil(half) + 1,
          ),
        );
      });
    fc.assert(
      fc.property(close, ([count, sign, size]) => {
        fc.pre(size >= 0);
        const facts = context(1);
        const step = fedavg.apply(zeros(1), { count, sums: Float64Array.of(sign * size) }, facts);
        const [mean] = fedavg.advance(zeros(1), step, facts).latents;
        expect(BigInt(mean)).toBe(roundedMean(BigInt(sign * size), BigInt(count)));
      }),
      { numRuns: 500 },
    );
  });

  it('tallies in any order and in any parts', () => {
    fc.assert(
      fc.property(cohorts, fc.nat(), (locals, at) => {
        const facts = context(locals[0].length);
        const payloads = locals.map(encode);
        const cut = at % (payloads.length + 1);
        const [a, b] = [payloads.slice(0, cut), payloads.slice(cut)];
        const whole = fedavg.tally(payloads, facts);
        expect(fedavg.tally(payloads.toReversed(), facts)).toEqual(whole);
        const parts = [fedavg.tally(a, facts), fedavg.tally(b, facts)];
        expect(fedavg.merge(parts[0], parts[1])).toEqual(whole);
        expect(fedavg.merge(parts[1], parts[0])).toEqual(whole);
        expect(fedavg.apply(zeros(facts.parameters), whole, facts)).toEqual(
          fedavg.apply(zeros(facts.parameters), whole, facts),
        );
      }),
    );
  });

  it('has one encoding for a mean of zero, from either side', () => {
    const facts = context(1);
    const minus = fedavg.tally([encode(Float32Array.of(-(2 ** -24))), ...idle(2)], facts);
    expect(fedavg.apply(zeros(1), minus, facts)).toEqual(new Uint8Array(4));
  });

  it.each([
    [Number.NaN, 'NaN in latent 2'],
    [Number.POSITIVE_INFINITY, 'latent 2 is Infinity'],
    [1 + 2 ** -23, 'latent 2 is 1.0000001'],
    [-1.5, 'latent 2 is -1.5'],
  ])('refuses a latent of %d, naming its place', (value, message) => {
    const facts = context(4);
    const payload = encode(Float32Array.of(0, 1, value, -1));
    const corrupt = expect.objectContaining({
      code: 'frame-corrupt',
      message: expect.stringContaining(message),
    });
    expect(() => fedavg.check(payload, facts)).toThrow(corrupt);
    expect(() => fedavg.tally([payload], facts)).toThrow(corrupt);
    expect(() => fedavg.advance(zeros(4), payload, facts)).toThrow(corrupt);
    expect(() => fedavg.check(encode(Float32Array.of(0, 1, -1, -0)), facts)).not.toThrow();
  });

  it('has no mean of no updates', () => {
    const facts = context(1);
    expect(() => fedavg.apply(zeros(1), fedavg.tally([], facts), facts)).toThrow(RangeError);
  });
});

/** Payloads of one latent that is 0. */
function idle(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => encode(Float32Array.of(0)));
}
