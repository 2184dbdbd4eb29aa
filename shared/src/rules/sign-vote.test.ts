import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import type { GlobalModel, RoundContext } from './rule.js';
import { clientSeed } from './seeds.js';
import { signVote as signVoteWith } from './sign-vote.js';

interface Written {
  name: string;
  taskSeed: number;
  round: number;
  rounds: number;
  serverStep: number;
  latents: number[];
  roundSeed: string;
  clients: { client: string; seed: string; local: number[]; ties: number; payload: string }[];
  sums: number[];
  step: string;
  after: number[];
}
const vectors: { cases: Written[] } = JSON.parse(
  readFileSync(new URL('../../vectors/sign-vote.json', import.meta.url), 'utf8'),
);
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

const withStep = (serverStep: number) => signVoteWith({ kind: 'sign-vote', serverStep });
const signVote = withStep(0.01);

const context = (parameters: number, change: Partial<RoundContext> = {}): RoundContext => ({
  round: 1,
  rounds: 50,
  parameters,
  seed: deriveSeed(1, 'round', 1),
  federationSeed: 1,
  ...change,
});

const model = (latents: readonly number[]): GlobalModel => ({
  round: 0,
  fraction: 15,
  latents: Int16Array.from(latents),
});

/** Random payloads for a number of parameters; unused bits are 0. */
const votes = (parameters: number, most: number) =>
  fc.array(
    fc.array(fc.boolean(), { minLength: parameters, maxLength: parameters }).map((bits) => {
      const payload = new Uint8Array(signVote.updateBytes(parameters));
      bits.forEach((bit, i) => {
        if (bit) payload[i >> 3] |= 1 << (i & 7);
      });
      return payload;
    }),
    { maxLength: most },
  );
const elections = fc
  .integer({ min: 1, max: 40 })
  .chain((parameters) => fc.tuple(fc.constant(parameters), votes(parameters, 12)));

const signAt = (payload: Uint8Array, i: number) => ((payload[i >> 3] >> (i & 7)) & 1 ? 1 : -1);

describe('sign-vote', () => {
  it.each(vectors.cases)('plays the round of the vectors: $name', (vector) => {
    const { round, rounds, serverStep, roundSeed } = vector;
    expect(deriveSeed(vector.taskSeed, 'round', round)).toBe(roundSeed);
    const rule = withStep(serverStep);
    const facts = context(vector.latents.length, { round, rounds, seed: roundSeed });
    const before = model(vector.latents);
    const payloads = vector.clients.map(({ client, seed, local, payload }) => {
      expect(clientSeed(roundSeed, client)).toBe(seed);
      const encoded = signVote.encode(Float32Array.from(local), before, facts, seed);
      expect(Buffer.from(encoded).toString('hex')).toBe(payload);
      return encoded;
    });
    const tally = signVote.tally(payloads, facts);
    expect(tally).toEqual({ count: payloads.length, sums: Int32Array.from(vector.sums) });
    expect(Buffer.from(signVote.apply(before, tally, facts)).toString('hex')).toBe(vector.step);
    expect(rule.advance(before, hex(vector.step), facts)).toEqual({
      round,
      fraction: 15,
      latents: Int16Array.from(vector.after),
    });
  });

  it('has ties among its vectors', () => {
    const tied = vectors.cases.filter(({ sums }) => sums.includes(0));
    expect(tied.length).toBeGreaterThan(0);
    expect(vectors.cases.some(({ clients }) => clients.some(({ ties }) => ties > 1))).toBe(true);
  });

  it('moves every latent by η₀ · g_r, as computed by hand', () => {
    // Three voters: + + −, − − +, + − −, hence steps + − −; 0.01 · 2¹⁵ = 327.68 → 328 units.
    const facts = context(3);
    const tally = signVote.tally([hex('05'), hex('01'), hex('02')], facts);
    expect([...tally.sums]).toEqual([1, -1, -1]);
    const step = signVote.apply(model([0, 0, 0]), tally, facts);
    expect(step).toEqual(hex('01'));
    const moved = signVote.advance(model([0, 1000, -32_700]), step, facts);
    expect([...moved.latents]).toEqual([328, 672, -32_767]);
    // In the middle of the schedule g_r = 0.55: 180.2 → 180 units.
    const middle = signVote.advance(model([0, 0, 0]), step, { ...facts, round: 26 });
    expect([...middle.latents]).toEqual([180, -180, -180]);
  });

  it('never stands still: the smallest step is one unit', () => {
    const facts = context(2);
    expect([...withStep(1e-9).advance(model([0, 0]), hex('01'), facts).latents]).toEqual([1, -1]);
  });

  it('compares exact numbers: the smallest f32 drift decides', () => {
    const facts = context(4);
    const before = model([16_384, 16_384, 0, 0]);
    const local = Float32Array.of(0.5 + 2 ** -24, 0.5 - 2 ** -25, 2 ** -149, -(2 ** -149));
    expect(signVote.encode(local, before, facts, deriveSeed(1, 'c'))).toEqual(hex('05'));
  });

  it('tosses fair coins for ties, the same ones each time, other ones for another client', () => {
    const size = 4096;
    const facts = context(size);
    const still = { before: model(new Array(size).fill(0)), local: new Float32Array(size) };
    const toss = (client: string) =>
      signVote.encode(still.local, still.before, facts, clientSeed(facts.seed, client));
    expect(toss('a')).toEqual(toss('a'));
    expect(toss('a')).not.toEqual(toss('b'));
    const tossed = toss('a');
    const heads = Array.from({ length: size }, (_, i) => signAt(tossed, i)).filter((s) => s > 0);
    expect(heads.length).toBeGreaterThan(size / 2 - 160); // five standard deviations
    expect(heads.length).toBeLessThan(size / 2 + 160);
  });

  it('tallies what counting vote by vote gives', () => {
    fc.assert(
      fc.property(elections, ([parameters, payloads]) => {
        const { count, sums } = signVote.tally(payloads, context(parameters));
        expect(count).toBe(payloads.length);
        for (let i = 0; i < parameters; i++) {
          expect(sums[i]).toBe(payloads.reduce((sum, payload) => sum + signAt(payload, i), 0));
        }
      }),
    );
  });

  it('tallies a thousand voters, more than a byte can count', () => {
    const payloads = Array.from({ length: 1000 }, (_, n) => Uint8Array.of(n < 700 ? 0xff : 0x0f));
    const { count, sums } = signVote.tally(payloads, context(8));
    expect(count).toBe(1000);
    expect([...sums]).toEqual([1000, 1000, 1000, 1000, 400, 400, 400, 400]);
  });

  it('tallies in any order and in any parts', () => {
    fc.assert(
      fc.property(elections, fc.nat(), fc.nat(), ([parameters, payloads], i, j) => {
        const facts = context(parameters);
        const [first, second] = [i, j].map((n) => n % (payloads.length + 1)).sort((a, b) => a - b);
        const parts = [
          payloads.slice(0, first),
          payloads.slice(first, second),
          payloads.slice(second),
        ].map((part) => signVote.tally(part, facts));
        const [a, b, c] = parts;
        const whole = signVote.tally(payloads, facts);
        expect(signVote.tally(payloads.toReversed(), facts)).toEqual(whole);
        expect(signVote.merge(signVote.merge(a, b), c)).toEqual(whole);
        expect(signVote.merge(a, signVote.merge(b, c))).toEqual(whole);
        expect(signVote.merge(signVote.merge(c, a), b)).toEqual(whole);
      }),
    );
  });

  it('steps toward the majority, stays in range, and changes nothing that it was given', () => {
    const range = fc.integer({ min: -32_767, max: 32_767 });
    const rounds = elections.chain(([parameters, payloads]) =>
      fc.tuple(
        fc.constant(payloads),
        fc.array(range, { minLength: parameters, maxLength: parameters }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(rounds, ([payloads, latents, serverStep]) => {
        const facts = context(latents.length);
        const rule = withStep(serverStep);
        const before = model(latents);
        const tally = signVote.tally(payloads, facts);
        const step = rule.apply(before, tally, facts);
        expect(step).toEqual(rule.apply(before, tally, facts));
        const after = rule.advance(before, step, facts);
        expect(after).toEqual(rule.advance(model(latents), Uint8Array.from(step), facts));
        latents.forEach((latent, i) => {
          if (tally.sums[i] !== 0) expect(signAt(step, i)).toBe(Math.sign(tally.sums[i]));
          const moved = after.latents[i] - latent;
          expect(Math.abs(after.latents[i])).toBeLessThanOrEqual(32_767);
          expect(moved * signAt(step, i)).toBeGreaterThanOrEqual(0);
        });
        expect([...before.latents]).toEqual(latents);
      }),
    );
  });

  it('refuses votes and steps with bits after the last parameter', () => {
    const facts = context(13);
    const good = hex('ff1f');
    expect(() => signVote.check(good, facts)).not.toThrow();
    for (const bad of [hex('ff3f'), hex('0080')]) {
      const corrupt = expect.objectContaining({ code: 'frame-corrupt' });
      expect(() => signVote.check(bad, facts)).toThrow(corrupt);
      expect(() => signVote.tally([good, bad], facts)).toThrow(corrupt);
      expect(() => signVote.advance(model(new Array(13).fill(0)), bad, facts)).toThrow(corrupt);
    }
  });
});
