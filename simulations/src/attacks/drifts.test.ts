import { deriveSeed } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anywhere, deviationOf, littleIsEnoughDrift, meanOf, scaled } from './drifts.js';

describe('forged drifts', () => {
  it('are a multiple of a drift', () => {
    expect([...scaled([2, -3], -10)]).toEqual([-20, 30]);
  });

  it('know mean and standard deviation of the honest ones', () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, standard deviation 2.
    const drifts = [2, 4, 4, 4, 5, 5, 7, 9].map((value) => [value, -value]);
    expect([...meanOf(drifts)]).toEqual([5, -5]);
    expect([...deviationOf(drifts, meanOf(drifts))]).toEqual([2, 2]);
    expect([...littleIsEnoughDrift(drifts, 1.5)]).toEqual([2, -2]);
  });

  it('of ALIE lie within so many standard deviations of the mean, on the side of 0', () => {
    const rows = fc.array(
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 4, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 9,
      },
    );
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 3, noNaN: true }), (drifts, z) => {
        const mean = meanOf(drifts);
        const deviation = deviationOf(drifts, mean);
        for (const [i, value] of littleIsEnoughDrift(drifts, z).entries()) {
          expect(Math.abs(value - mean[i])).toBeLessThanOrEqual(z * deviation[i] + 1e-9);
          expect((value - mean[i]) * mean[i]).toBeLessThanOrEqual(1e-9);
        }
      }),
    );
  });

  it('to anywhere end in the range of a latent, all over it', () => {
    const latents = Int32Array.from({ length: 1000 }, (_, i) => i - 500);
    const ends = anywhere(latents, 1000, deriveSeed(1, 'anywhere')).map((d, i) => latents[i] + d);
    for (const end of ends) expect(Math.abs(end)).toBeLessThanOrEqual(1000);
    expect(ends.filter((end) => end < -500).length).toBeGreaterThan(200);
    expect(ends.filter((end) => end > 500).length).toBeGreaterThan(200);
  });
});
