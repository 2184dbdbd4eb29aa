import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import {
  averagePrecision,
  hammingLoss,
  macroF1,
  microF1,
  oneError,
  rankingLoss,
} from './multi-label-metrics.js';

interface Case {
  readonly name: string;
  /** Rows of 0 and 1. */
  readonly targets: string[];
  readonly scores: number[][];
  readonly hammingLoss: number;
  readonly rankingLoss: number;
  readonly averagePrecision: number;
  readonly microF1: number;
  readonly macroF1: number;
}

/** Made with scikit-learn: `python shared/vectors/make_multi_label.py`. */
const vectors: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../../vectors/multi-label.json', import.meta.url), 'utf8'),
);

const matrix = (rows: readonly string[]) => {
  const signs = [...rows.join('')].map((digit) => (digit === '1' ? 1 : -1));
  return BitMatrix.fromSigns(rows.length, rows[0].length, signs);
};

describe('the metrics of multi-label classification', () => {
  it.each(vectors.cases)('are those of scikit-learn: $name', (vector) => {
    const targets = matrix(vector.targets);
    const scores = vector.scores.flat();
    const answers = BitMatrix.fromSigns(targets.rows, targets.cols, scores);
    expect(hammingLoss(targets, answers)).toBeCloseTo(vector.hammingLoss, 12);
    expect(rankingLoss(targets, scores)).toBeCloseTo(vector.rankingLoss, 12);
    expect(averagePrecision(targets, scores)).toBeCloseTo(vector.averagePrecision, 12);
    expect(microF1(targets, answers)).toBeCloseTo(vector.microF1, 12);
    expect(macroF1(targets, answers)).toBeCloseTo(vector.macroF1, 12);
  });

  it('have a one-error of the samples whose top label is false, by hand', () => {
    // Right; wrong; a tie that label 0 wins, right; no true label, so wrong.
    const targets = matrix(['010', '100', '101', '000']);
    const scores = [1, 5, 2, 0, 3, 1, 7, 7, 0, 1, 2, 3];
    expect(oneError(targets, scores)).toBe(0.5);
  });

  it('refuse answers and scores of another size', () => {
    const targets = matrix(['01', '10']);
    expect(() => hammingLoss(targets, matrix(['011', '100']))).toThrow(/2 × 3 answers to 2 × 2/);
    expect(() => oneError(targets, [1, 2, 3])).toThrow(/3 scores of 2 samples × 2 labels/);
  });
});
