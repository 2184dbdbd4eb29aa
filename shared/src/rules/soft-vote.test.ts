import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import { fedpm } from './fedpm.js';
import { fedvote } from './fedvote.js';
import type { GlobalModel, RoundContext, Rule } from './rule.js';

const context = (parameters: number): RoundContext => ({
  round: 1,
  rounds: 50,
  parameters,
  seed: deriveSeed(1, 'round', 1),
  federationSeed: 1,
});
const zeros = (parameters: number): GlobalModel => ({
  round: 0,
  fraction: 24,
  latents: new Int32Array(parameters),
});

/** The latent after a round in which `ups` of `voters` say +1. */
function after(rule: Rule, ups: number, voters: number): number {
  const payloads = Array.from({ length: voters }, (_, v) => Uint8Array.of(v < ups ? 1 : 0));
  const step = rule.apply(zeros(1), rule.tally(payloads, context(1)), context(1));
  return rule.advance(zeros(1), step, context(1)).latents[0] / 2 ** 24;
}

/** How often +1 comes out of a latent. */
function upShare(rule: Rule, latent: number): number {
  const n = 20_000;
  const local = new Float32Array(n).fill(latent);
  const payload = rule.encode(local, zeros(n), context(n), deriveSeed(1, 'client'));
  const [ups] = [payload.reduce((sum, byte) => sum + byte.toString(2).split('1').length - 1, 0)];
  return ups / n;
}

describe('fedvote', () => {
  const rule = fedvote({ kind: 'fedvote', slope: 2 });

  it('votes +1 with probability ½ (1 + tanh(a · h))', () => {
    for (const latent of [-1, -0.2, 0, 0.5]) {
      expect(upShare(rule, latent)).toBeCloseTo((1 + Math.tanh(2 * latent)) / 2, 1.7);
    }
  });

  it('moves to the latent whose vote would have the mean that was counted', () => {
    expect(after(rule, 3, 4)).toBeCloseTo(Math.atanh(0.5) / 2, 6);
    expect(after(rule, 1, 5)).toBeCloseTo(Math.atanh(-0.6) / 2, 6);
    expect(after(rule, 2, 4)).toBe(0);
  });

  it('never is certain: a unanimous vote counts as 99.9 %', () => {
    expect(after(fedvote({ kind: 'fedvote', slope: 10 }), 5, 5)).toBeCloseTo(
      Math.atanh(0.998) / 10,
      6,
    );
    expect(after(rule, 0, 5)).toBe(-1); // tanh⁻¹(0.998) / 2 = 1.73, clipped to the range of latents
  });
});

describe('fedpm', () => {
  it('sends a mask bit with the probability θ = ½ (1 + h), and averages them', () => {
    for (const theta of [0, 0.25, 0.9, 1]) {
      expect(upShare(fedpm, 2 * theta - 1)).toBeCloseTo(theta, 1.7);
    }
    expect([after(fedpm, 3, 4), after(fedpm, 0, 4), after(fedpm, 4, 4)]).toEqual([0.5, -1, 1]);
  });
});
