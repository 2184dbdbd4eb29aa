import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { eden } from './eden.js';
import type { GlobalModel, RoundContext } from './rule.js';

const rule = eden({ kind: 'eden', serverStep: 1 });
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
const encode = (drift: Float32Array, client: number) =>
  rule.encode(drift, zeros(drift.length), context(drift.length), deriveSeed(2, 'client', client));

/** What the coordinator reads of one update, as real numbers. */
const estimate = (drift: Float32Array, client: number) =>
  Float64Array.from(
    rule.tally([encode(drift, client)], context(drift.length)).sums,
    (sum) => sum / 2 ** 24,
  );

describe('eden', () => {
  it('recovers exactly what a rotation spreads evenly: a drift of one coordinate', () => {
    const drift = new Float32Array(5000);
    drift[4100] = -0.25;
    expect([...estimate(drift, 1)]).toEqual([...drift]);
  });

  it('has the error of the papers, π/2 − 1 of the energy, and no bias', () => {
    const random = new Random(deriveSeed(1, 'drift'));
    const drift = Float32Array.from({ length: 1024 }, () => 0.1 * (random.unit() - 0.3));
    const energy = drift.reduce((sum, d) => sum + d * d, 0);
    const clients = 100;
    const mean = new Float64Array(drift.length);
    let error = 0;
    for (let c = 0; c < clients; c++) {
      estimate(drift, c).forEach((value, i) => {
        mean[i] += value / clients;
        error += (value - drift[i]) ** 2 / clients;
      });
    }
    expect(error / energy).toBeGreaterThan(0.95 * (Math.PI / 2 - 1));
    expect(error / energy).toBeLessThan(1.05 * (Math.PI / 2 - 1));
    const left = mean.reduce((sum, value, i) => sum + (value - drift[i]) ** 2, 0) / energy;
    expect(left).toBeLessThan((1.2 * (Math.PI / 2 - 1)) / clients);
  });

  it('takes a bit a parameter, a scale a block of 4096, and a salt', () => {
    expect(rule.updateBytes(131_072)).toBe(131_072 / 8 + 4 * 32 + 4);
    expect(rule.stepBytes(131_072)).toBe(4 * 131_072);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 2.1])('refuses a scale of %d', (scale) => {
    const payload = encode(new Float32Array(100).fill(0.1), 1);
    new DataView(payload.buffer).setFloat32(4, scale, true);
    const corrupt = expect.objectContaining({ code: 'frame-corrupt' });
    expect(() => rule.check(payload, context(100))).toThrow(corrupt);
    expect(() => rule.tally([payload], context(100))).toThrow(corrupt);
  });
});
