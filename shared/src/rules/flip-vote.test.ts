import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import { flipVote } from './flip-vote.js';
import type { GlobalModel, RoundContext } from './rule.js';

const context = (parameters: number): RoundContext => ({
  round: 1,
  rounds: 50,
  parameters,
  seed: deriveSeed(1, 'round', 1),
  federationSeed: 1,
});
const zeros = (parameters: number): GlobalModel => ({
  round: 0,
  fraction: 15,
  latents: new Int16Array(parameters),
});
const rule = flipVote({ kind: 'flip-vote', threshold: 0.5, serverStep: 0.5, density: 0.06 });

/** All clients drift by as much; each has its own dither. */
function cohort(parameters: number, drift: number, clients: number): Uint8Array[] {
  const local = new Float32Array(parameters).fill(drift);
  return Array.from({ length: clients }, (_, c) =>
    rule.encode(local, zeros(parameters), context(parameters), deriveSeed(1, 'client', c)),
  );
}

describe('flip-vote', () => {
  it('flips a coordinate with probability |drift| / Δ, in the direction of the drift', () => {
    const n = 40_000;
    for (const drift of [0.02, -0.01]) {
      const { sums } = rule.tally(cohort(n, drift, 1), context(n));
      const flips = sums.filter((sum) => sum !== 0);
      expect(new Set(flips)).toEqual(new Set([Math.sign(drift)]));
      const expected = (n * Math.abs(drift)) / 0.5;
      expect(Math.abs(flips.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('averages drifts without bias', () => {
    const n = 20_000;
    const facts = context(n);
    const payloads = cohort(n, 0.02, 10);
    const step = rule.apply(zeros(n), rule.tally(payloads, facts), facts);
    const { latents } = rule.advance(zeros(n), step, facts);
    const mean = Array.from(latents).reduce((sum, latent) => sum + latent, 0) / n / 32_768;
    expect(mean).toBeGreaterThan(0.0195);
    expect(mean).toBeLessThan(0.0205);
  });

  it('pays for the flips and little for the dither that both ends know', () => {
    // 4 % of the coordinates flip: without the dither 0.242 bits each for where, 0.04 for the sign.
    const n = 40_000;
    const [payload] = cohort(n, 0.02, 1);
    expect((8 * payload.length) / n).toBeLessThan(0.06);
  });

  it('caps how much a client flips, and so do its peers', () => {
    const n = 10_000;
    const { sums } = rule.tally(cohort(n, 1, 1), context(n));
    expect(sums.filter((sum) => sum !== 0).length).toBeLessThanOrEqual(600);
    const loose = flipVote({ kind: 'flip-vote', threshold: 0.5, serverStep: 0.5, density: 0.5 });
    const local = new Float32Array(n).fill(0.05);
    const dense = loose.encode(local, zeros(n), context(n), deriveSeed(1, 'client'));
    expect(() => rule.check(dense, context(n))).toThrow(
      expect.objectContaining({
        code: 'frame-corrupt',
        message: expect.stringContaining('600 flips'),
      }),
    );
    const huge = new Uint8Array(rule.updateBytes(n) + 1);
    expect(() => rule.check(huge, context(n))).toThrow(/longer than/);
  });

  it('keeps a round by its cap that one dense message in ten would turn around', () => {
    const n = 10_000;
    const facts = context(n);
    const mean = (density: number) => {
      const under = flipVote({ kind: 'flip-vote', threshold: 0.5, serverStep: 0.5, density });
      const payloads = [...Array(9).fill(0.01), -1].map((drift, c) =>
        under.encode(new Float32Array(n).fill(drift), zeros(n), facts, deriveSeed(1, 'client', c)),
      );
      const step = under.apply(zeros(n), under.tally(payloads, facts), facts);
      const { latents } = under.advance(zeros(n), step, facts);
      return Array.from(latents).reduce((sum, latent) => sum + latent, 0) / n / 32_768;
    };
    expect(mean(0.5)).toBeLessThan(0);
    expect(mean(0.06)).toBeGreaterThan(0.005);
  });
});
