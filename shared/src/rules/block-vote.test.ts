import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import { serverStepFor } from '../task/rule-settings.js';
import { blockVote } from './block-vote.js';
import type { GlobalModel, RoundContext } from './rule.js';

const context = (parameters: number, round: number): RoundContext => ({
  round,
  rounds: 100,
  parameters,
  seed: deriveSeed(1, 'round', round),
  federationSeed: 1,
});
const zeros = (parameters: number): GlobalModel => ({
  round: 0,
  fraction: 15,
  latents: new Int16Array(parameters),
});
const quarter = blockVote({ kind: 'block-vote', share: 0.25, serverStep: 0.03 });

/** The parameters that a round moves, and where to, when all clients drift to `target`. */
function moved(rule: typeof quarter, parameters: number, round: number, target: number) {
  const facts = context(parameters, round);
  const before = zeros(parameters);
  const local = new Float32Array(parameters).fill(target);
  const payload = rule.encode(local, before, facts, deriveSeed(1, 'client'));
  const step = rule.apply(before, rule.tally([payload], facts), facts);
  return rule.advance(before, step, facts).latents;
}

describe('block-vote', () => {
  it('moves every parameter once in ⌈1/q⌉ rounds, whatever their number', () => {
    const shares = fc.constantFrom(1, 0.5, 0.3, 0.25, 0.1, 0.07);
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 500 }), fc.nat(3), (share, n, cycle) => {
        const rule = blockVote({ kind: 'block-vote', share, serverStep: 0.03 });
        const blocks = Math.ceil(1 / share);
        const times = new Uint8Array(n);
        for (let r = 1; r <= blocks; r++) {
          moved(rule, n, cycle * blocks + r, 0.5).forEach((latent, i) => {
            expect(latent).toBeGreaterThanOrEqual(0);
            if (latent !== 0) times[i]++;
          });
        }
        expect(times.every((count) => count === 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('sends ⌈⌈n/⌈1/q⌉⌉ / 8⌉ bytes in both directions', () => {
    const tenth = blockVote({ kind: 'block-vote', share: 0.1, serverStep: 0.06 });
    expect([quarter.updateBytes(131_072), quarter.stepBytes(131_072)]).toEqual([4096, 4096]);
    expect([tenth.updateBytes(131_072), tenth.stepBytes(131_072)]).toEqual([1639, 1639]);
  });

  it('takes other blocks in another cycle and in another federation', () => {
    const block = (round: number) => [...moved(quarter, 400, round, 0.5)].map(Math.sign);
    expect(block(1)).not.toEqual(block(5));
    const facts = { ...context(400, 1), federationSeed: 2 };
    const step = new Uint8Array(quarter.stepBytes(400)).fill(0xff).fill(0xf, 12);
    const other = quarter.advance(zeros(400), step, facts).latents;
    expect([...other].map(Math.sign)).not.toEqual(block(1));
  });

  it('moves by η₀ · g_r toward the vote, as computed by hand', () => {
    // 0.03 · 2¹⁵ = 983.04 → 983 units in the first round.
    const up = moved(quarter, 400, 1, 0.5);
    expect(new Set(up)).toEqual(new Set([0, 983]));
    expect(up.filter((latent) => latent > 0)).toHaveLength(100);
    expect(new Set(moved(quarter, 400, 1, -0.5))).toEqual(new Set([0, -983]));
  });

  it('refuses votes behind the end of a shorter last block', () => {
    // ⌈10/4⌉ = 3, 3, 3 and 1 coordinates.
    const full = Uint8Array.of(0b111);
    expect(() => quarter.check(full, context(10, 3))).not.toThrow();
    expect(() => quarter.check(full, context(10, 4))).toThrow(
      expect.objectContaining({ code: 'frame-corrupt' }),
    );
  });
});

describe('the quorum', () => {
  const rule = blockVote({ kind: 'block-vote', share: 1, serverStep: 0.01, quorum: 0.5 });

  it('lets stand what fewer than a share of the voters carries', () => {
    const facts = context(1, 1);
    const vote = (ups: number, downs: number) => {
      const payloads = [
        ...Array.from({ length: ups }, () => Uint8Array.of(1)),
        ...Array.from({ length: downs }, () => Uint8Array.of(0)),
      ];
      const step = rule.apply(zeros(1), rule.tally(payloads, facts), facts);
      return rule.advance(zeros(1), step, facts).latents[0];
    };
    // |S| ≥ 0.5 · 8 = 4 moves by 0.01 · 2¹⁵ = 327.68 → 328 units.
    expect([vote(8, 0), vote(6, 2), vote(5, 3), vote(4, 4), vote(2, 6)]).toEqual([
      328, 328, 0, 0, -328,
    ]);
  });
});

describe('the server step that suits a share', () => {
  it('is the measured one where one was measured, and between its neighbors elsewhere', () => {
    expect([0.05, 0.1, 0.25, 1].map(serverStepFor)).toEqual([0.1, 0.06, 0.03, 0.015]);
    expect(serverStepFor(0.5)).toBeGreaterThan(0.015);
    expect(serverStepFor(0.5)).toBeLessThan(0.03);
    expect(serverStepFor(0.001)).toBeLessThanOrEqual(1);
  });
});
