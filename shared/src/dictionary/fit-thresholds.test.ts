import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import {
  chooseFractionBits,
  type FittedFeature,
  fitThreshold,
  selectFeatures,
} from './fit-thresholds.js';

describe('a fitted threshold', () => {
  it('is the median in fixed point', () => {
    const values = Float32Array.from([0.5, 0.1, 0.9, 0.3, 0.7]);
    // 0.5 · 2¹⁰ = 512; three of five values reach it.
    expect(fitThreshold(values, 10)).toEqual({ threshold: 512, share: 0.6, guarded: 0.2 });
  });

  it('is never so low that a blank image sets its bit', () => {
    const values = Float32Array.from([0, 0, 0, 0, 0.00004, 0.5]);
    const { threshold, share } = fitThreshold(values, 14);
    // 10⁻⁴ · 2¹⁴ = 1.64, rounded.
    expect(threshold).toBe(2);
    expect(share).toBeCloseTo(1 / 6, 12);
    expect(fitThreshold(values, 4).threshold).toBe(1);
  });

  it('counts the values within one quantum of it, exact zeros aside', () => {
    const quanta = [0, 0, 0, 98, 99, 100, 101, 102, 200];
    const fixed = fitThreshold(
      Float32Array.from(quanta, (q) => q / 256),
      8,
    );
    expect(fixed).toEqual({ threshold: 99, share: 5 / 9, guarded: 3 / 9 });
  });
});

it('the fraction bits are the most that hold the largest value in 16 bits', () => {
  expect(chooseFractionBits(65_535)).toBe(0);
  expect(chooseFractionBits(1)).toBe(15);
  expect(chooseFractionBits(0.999)).toBe(16);
  expect(chooseFractionBits(3.9)).toBe(14);
  expect(chooseFractionBits(0)).toBe(24);
});

describe('selected features', () => {
  const random = () => new Random(deriveSeed(1, 'select'));
  const withShares = (...shares: number[]): FittedFeature[] =>
    shares.map((share) => ({ threshold: 1, share, guarded: 0 }));

  it('are the most balanced, in ascending order', () => {
    const fitted = withShares(0.9, 0.5, 0.3, 0.45, 0.6, 0.5);
    expect(selectFeatures(fitted, 4, random())).toEqual([1, 3, 4, 5]);
  });

  it('leave near-constant bits out, even where that makes too few', () => {
    const fitted = withShares(0.01, 0.5, 0.995, 0.4);
    expect(selectFeatures(fitted, 2, random())).toEqual([1, 3]);
    const select = () => selectFeatures(fitted, 3, random());
    expect(select).toThrow(/only 2 of 4 features vary, fewer than 3 bits/);
    expect(select).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it('are spread by chance among equals', () => {
    const chosen = selectFeatures(withShares(...new Array<number>(200).fill(0.5)), 100, random());
    expect(new Set(chosen).size).toBe(100);
    const early = chosen.filter((f) => f < 100).length;
    expect(early).toBeGreaterThan(30);
    expect(early).toBeLessThan(70);
  });
});
