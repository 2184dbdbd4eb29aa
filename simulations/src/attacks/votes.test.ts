import { deriveSeed } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { against, coins, innerProduct, littleIsEnough, opposite, packVotes } from './votes.js';

const sums = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 });
const seed = (name: string) => deriveSeed(3, name);

describe('forged votes', () => {
  it('are the opposite of a vote, and none where there was none', () => {
    expect([...opposite([1, -1, 0, 5])]).toEqual([-1, 1, 0, -1]);
  });

  it('against the majority are so wherever there is one', () => {
    fc.assert(
      fc.property(sums, (all) => {
        const votes = against(all);
        for (const [i, sum] of all.entries()) if (sum !== 0) expect(votes[i] * sum).toBeLessThan(0);
      }),
    );
  });

  it('of ALIE stay within so many standard deviations of the honest mean', () => {
    const strength = fc.double({ min: 0.1, max: 3, noNaN: true });
    fc.assert(
      fc.property(sums, strength, (all, z) => {
        const honest = 9;
        const votes = littleIsEnough(all, honest, z);
        for (const [i, sum] of all.entries()) {
          const mean = sum / honest;
          if (sum === 0 || votes[i] === Math.sign(sum)) continue;
          // Against the majority only where the mean is within z deviations of 0.
          expect(Math.abs(mean)).toBeLessThan(z * Math.sqrt(1 - mean * mean) + 1e-9);
        }
      }),
    );
    expect([...littleIsEnough([9, -9, 3, -3], 9, 1)]).toEqual([1, -1, -1, 1]);
    // 2/9 is 0.23 deviations.
    expect([...littleIsEnough([2, 4], 9, 0.3)]).toEqual([-1, 1]);
  });

  it('of the inner-product manipulation have the mean −ε·μ', () => {
    const honest = 10;
    const all = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 6 : -4));
    const votes = innerProduct(all, honest, 0.5, seed('ipm'));
    const meanOf = (parity: number) =>
      votes.filter((_, i) => i % 2 === parity).reduce((sum, vote) => sum + vote, 0) / 10_000;
    expect(Math.abs(meanOf(0) - -0.3)).toBeLessThan(0.04);
    expect(Math.abs(meanOf(1) - 0.2)).toBeLessThan(0.04);
    // As large a strength as no vote can say: all against the majority.
    expect(innerProduct(all, honest, 10, seed('ipm'))).toEqual(against(all));
  });

  it('by coins are even, and another for each seed', () => {
    const votes = coins(8000, seed('1'));
    expect(Math.abs(votes.reduce((sum, vote) => sum + vote, 0))).toBeLessThan(500);
    expect(coins(8000, seed('2'))).not.toEqual(votes);
  });

  it('are packed least significant bit first, +1 where it is set', () => {
    const signs = Int8Array.from([1, -1, -1, 1, -1, -1, -1, -1, 1]);
    expect([...packVotes(signs, 3)]).toEqual([0b1001, 1, 0]);
  });
});
