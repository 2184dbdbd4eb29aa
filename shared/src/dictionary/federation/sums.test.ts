import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import { advanceDictionary, mergeAnswers, tallyAnswers } from './advance.js';
import { answersOf, fileOf, playTo, smallClients, smallTask } from './testing/small-federation.js';

const clients = smallClients(7);
/** A round of moments, of centroids, of thresholds, and the last. */
const ROUNDS = [1, 2, 8, 11];
const MODULUS = 2 ** 32;
const modulo = (value: number) => ((value % MODULUS) + MODULUS) % MODULUS;

describe('the sum of answers', () => {
  it('is the same in any order and any grouping', async () => {
    for (const round of ROUNDS) {
      const state = await playTo(smallTask, clients, round - 1);
      const answers = await answersOf(smallTask, state, clients);
      const next = fileOf(smallTask, advanceDictionary(smallTask, state, tallyAnswers(answers)));
      fc.assert(
        fc.property(
          fc.shuffledSubarray(answers, { minLength: answers.length }),
          fc.integer({ min: 1, max: answers.length - 1 }),
          (shuffled, cut) => {
            const merged = mergeAnswers(
              tallyAnswers(shuffled.slice(cut)),
              tallyAnswers(shuffled.slice(0, cut)),
            );
            expect(merged.count).toBe(answers.length);
            expect(fileOf(smallTask, advanceDictionary(smallTask, state, merged))).toEqual(next);
          },
        ),
        { numRuns: 10 },
      );
    }
  });

  it('comes out of masks that cancel modulo 2³²', async () => {
    for (const round of ROUNDS) {
      const state = await playTo(smallTask, clients, round - 1);
      const answers = await answersOf(smallTask, state, clients);
      const plain = tallyAnswers(answers);
      // Every two clients share a mask, which one adds and the other subtracts.
      const masked = answers.map((answer) => answer.map(modulo));
      for (let a = 0; a < answers.length; a++) {
        for (let b = a + 1; b < answers.length; b++) {
          const random = new Random(deriveSeed(round, 'mask', a, b));
          masked[a].forEach((value, i) => {
            const mask = random.uint32();
            masked[a][i] = modulo(value + mask);
            masked[b][i] = modulo(masked[b][i] - mask);
          });
        }
      }
      expect(masked[0]).not.toEqual(answers[0].map(modulo));
      const sums = tallyAnswers(masked).sums.map(modulo);
      const signed = sums.map((sum) => (sum < MODULUS / 2 ? sum : sum - MODULUS));
      expect(signed).toEqual(plain.sums);
    }
  });
});
