import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../../extractor/extractor.js';
import { decodeExtractorFile } from '../../extractor/extractor-file.js';
import { loadExtractor } from '../../extractor/load-extractor.js';
import { toFixedPoint } from '../../extractor/patches.js';
import { portablePatchFeatures } from '../../extractor/portable-features.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { taskHash } from '../../task/hash.js';
import { drawPatches } from '../sample-patches.js';
import { momentSums, multiplyRows, zcaWhitening } from '../whitening.js';
import { advanceDictionary, dictionaryCohort, tallyAnswers } from './advance.js';
import { answerRound } from './answer.js';
import { objectiveOf } from './centroids.js';
import { learnedExtractor } from './learned-extractor.js';
import { dictionaryRounds } from './stage.js';
import { centroidsOf, initialDictionary, whiteningOf } from './state.js';
import { decodeDictionaryState } from './state-file.js';
import {
  answersOf,
  bars,
  fileOf,
  playTo,
  smallClients,
  smallTask,
  smallTaskWith,
} from './testing/small-federation.js';
import { fractionBitsOf, learnedDictionary } from './thresholds.js';

const ABOUT = { name: 'learned', trainedOn: 'bars', command: 'a test' };
const clients = smallClients(7);

describe('a dictionary federation', () => {
  it('gives the same bytes again, and others by another seed', async () => {
    const first = fileOf(smallTask, await playTo(smallTask, clients));
    expect(fileOf(smallTask, await playTo(smallTask, smallClients(7)))).toEqual(first);
    const other = smallTaskWith({}, { seed: 2 });
    expect(fileOf(other, await playTo(other, clients))).not.toEqual(first);
  });

  it('explains more of its patches round by round', async () => {
    const objectives: number[] = [];
    for (let round = 1; round <= smallTask.learning.rounds; round++) {
      const state = await playTo(smallTask, clients, round);
      const tally = tallyAnswers(await answersOf(smallTask, state, clients));
      objectives.push(objectiveOf(smallTask, state, tally));
    }
    expect(objectives[1]).toBeGreaterThan(objectives[0]);
    expect(objectives[5]).toBeGreaterThan(1.3 * objectives[0]);
  });

  it('asks cohorts of their own for centroids, one panel for all else', () => {
    const cohorts = Array.from({ length: 11 }, (_, i) =>
      dictionaryCohort(smallTask, i + 1, clients.keys()).join(' '),
    );
    expect(new Set([cohorts[0], ...cohorts.slice(7)]).size).toBe(1);
    expect(cohorts[0].split(' ')).toHaveLength(5);
    expect(new Set(cohorts.slice(1, 7)).size).toBeGreaterThan(3);
    expect(cohorts[1].split(' ')).toHaveLength(3);
  });

  it('does without a client whose images are flat, not without any patch at all', async () => {
    const flat = { ...bars(3, 'flat'), pixels: new Uint8Array(3 * 144).fill(90) };
    const start = initialDictionary(smallTask);
    const [own, none] = await Promise.all(
      [bars(3, 'a'), flat].map((images) => answerRound(smallTask, start, images, 'a')),
    );
    expect([...none].every((value) => value === 0)).toBe(true);
    const alone = advanceDictionary(smallTask, start, tallyAnswers([own]));
    expect(advanceDictionary(smallTask, start, tallyAnswers([own, none]))).toEqual(alone);
    expect(() => advanceDictionary(smallTask, start, tallyAnswers([none]))).toThrow(
      expect.objectContaining({ code: 'bad-request', message: expect.stringMatching(/not flat/) }),
    );
    const still = tallyAnswers([await answerRound(smallTask, alone, flat, 'a')]);
    expect(advanceDictionary(smallTask, alone, still).centroids).toEqual(alone.centroids);
  });
});

/** Spherical k-means as its formula says, in f64 and without a federation. */
function plainRound(task: DictionaryTask, centroids: Float64Array[], rows: Float64Array[]) {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const sums = centroids.map((c) => c.map(() => 0));
  for (const row of rows) {
    const shares = centroids.map((c) => dot(c, row));
    const sizes = shares.map(Math.abs);
    const best = sizes.indexOf(Math.max(...sizes));
    row.forEach((x, i) => {
      sums[best][i] += shares[best] * x;
    });
  }
  const energy = sums.reduce((sum, s, k) => sum + dot(s, centroids[k]), 0) / sums.length;
  return sums.map((s, k) => {
    const moved = s.map((x, i) => x + task.learning.inertia * energy * centroids[k][i]);
    const norm = Math.sqrt(dot(moved, moved));
    return moved.map((x) => x / norm);
  });
}

describe('a federation of one client with all the data', () => {
  const task = smallTaskWith({ clip: 100, sumBits: 30 }, { cohort: 1, panel: 1 });
  const images = bars(40, 'all');
  const alone = new Map([['only', images]]);
  const rowsOf = (flat: Float64Array) =>
    Array.from({ length: flat.length / 9 }, (_, r) => flat.slice(9 * r, 9 * r + 9));
  const patches = (round: number) =>
    drawPatches(
      images,
      { size: 3, count: 200, leastDeviation: 25.5, contrastFloor: 25.5 },
      new Random(deriveSeed(1, 'dictionary', 'patches', round, 'only')),
    );

  it('learns what plain spherical k-means learns, up to the rounding to integers', async () => {
    const whitening = zcaWhitening(
      momentSums(patches(1), 9).map((sum) => sum / 200),
      9,
      0.01,
    );
    const first = await playTo(task, alone, 1);
    whiteningOf(first, 9).forEach((value, i) => {
      expect(value).toBeCloseTo(whitening[i], 4);
    });
    let plain = rowsOf(centroidsOf(first));
    for (let round = 2; round <= 4; round++) {
      plain = plainRound(task, plain, rowsOf(multiplyRows(patches(round), whitening, 9)));
    }
    const learned = rowsOf(centroidsOf(await playTo(task, alone, 4)));
    learned.forEach((centroid, k) => {
      centroid.forEach((value, i) => {
        expect(value).toBeCloseTo(plain[k][i], 2);
      });
    });
  });
});

describe('the thresholds', () => {
  const panel = [...dictionaryCohort(smallTask, 11, clients.keys())];

  /** Fixed-point features of the panel's images, one array a feature. */
  async function pooled(task: DictionaryTask, filters: Awaited<ReturnType<typeof playTo>>) {
    const dictionary = learnedDictionary(task, filters);
    const columns: number[][] = Array.from({ length: 16 }, () => []);
    for (const client of panel) {
      await portablePatchFeatures(dictionary, clients.get(client) as ImageBatch, (values) => {
        values.forEach((value, i) => {
          columns[i % 16].push(toFixedPoint(value, fractionBitsOf(dictionary)));
        });
      });
    }
    return columns;
  }

  it('are the exact medians of the pooled images of the panel', async () => {
    const end = await playTo(smallTask, clients);
    const columns = await pooled(smallTask, end);
    expect(end.counts?.images).toBe(40);
    columns.forEach((column, f) => {
      const sorted = column.sort((a, b) => a - b);
      const lowest = Math.max(
        1,
        Math.round(1e-4 * 2 ** fractionBitsOf(learnedDictionary(smallTask, end))),
      );
      const median = Math.max(lowest, sorted[20]);
      expect(end.low[f]).toBe(median);
      expect(end.counts?.reached[f]).toBe(column.filter((value) => value >= median).length);
      expect(end.counts?.guarded[f]).toBe(
        column.filter((value) => value > 0 && Math.abs(value - median) <= 1).length,
      );
    });
  });

  it('make an ordinary extractor, whose bits divide the panel as counted', async () => {
    const end = await playTo(smallTask, clients);
    const { file, fitted, features, guardBand } = learnedExtractor(smallTask, end, ABOUT);
    const { header } = decodeExtractorFile(file);
    expect(header).toMatchObject({ kind: 'patches', bits: 6, trainedOn: 'bars', guardBand });
    const extractor = await loadExtractor(file, { patches: 'portable' });
    const set = new Array<number>(6).fill(0);
    for (const client of panel) {
      const images = clients.get(client) as ImageBatch;
      const bits = await extractor.extract(images);
      for (let i = 0; i < images.count; i++) {
        for (let b = 0; b < 6; b++) set[b] += bits.get(i, b) ? 1 : 0;
      }
    }
    expect(set.map((count) => count / 40)).toEqual(features.map((f) => fitted[f].share));
  });

  it('are not there before the last round', async () => {
    const early = await playTo(smallTask, clients, dictionaryRounds(smallTask) - 1);
    expect(() => learnedExtractor(smallTask, early, ABOUT)).toThrow(/play all rounds/);
  });
});

describe('the file of a state', () => {
  const hash = taskHash(smallTask);

  it('comes back as it was after every round', async () => {
    for (const round of [0, 1, 6, 7, 10, 11]) {
      const state = await playTo(smallTask, clients, round);
      expect(decodeDictionaryState(smallTask, hash, fileOf(smallTask, state))).toEqual(state);
    }
  });

  it('is refused in one code with any bit turned or cut off anywhere', async () => {
    const file = fileOf(smallTask, await playTo(smallTask, clients));
    const corrupt = expect.objectContaining({ code: 'file-corrupt' });
    fc.assert(
      fc.property(fc.nat(8 * file.length - 1), (at) => {
        const turned = Uint8Array.from(file);
        turned[at >> 3] ^= 1 << (at & 7);
        expect(() => decodeDictionaryState(smallTask, hash, turned)).toThrow(corrupt);
        expect(() => decodeDictionaryState(smallTask, hash, file.subarray(0, at >> 3))).toThrow(
          corrupt,
        );
      }),
    );
    expect(() => decodeDictionaryState(smallTask, '0'.repeat(64), file)).toThrow(/another task/);
  });
});
