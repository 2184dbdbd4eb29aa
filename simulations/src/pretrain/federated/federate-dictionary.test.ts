import {
  type DictionaryState,
  type DictionaryTask,
  deriveSeed,
  encodeDictionaryState,
  type ImageBatch,
  Random,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { type DictionaryRound, federateDictionary } from './federate-dictionary.js';

const task: DictionaryTask = {
  kind: 'dictionary',
  id: 'noise',
  input: { width: 8, height: 8, channels: 1 },
  dictionary: { size: 3, filters: 3, padding: 1, grid: 2, bits: 6 },
  federation: { rounds: 3, patches: 30, images: 100, seed: 1 },
};

function imagesOf(client: number): ImageBatch {
  const random = new Random(deriveSeed(client, 'noise'));
  const pixels = Uint8Array.from({ length: 10 * 64 }, () => random.below(256));
  return { count: 10, width: 8, height: 8, channels: 1, pixels };
}

async function play(from?: DictionaryState) {
  const asked = new Set<number>();
  const rounds: DictionaryRound[] = [];
  const states: DictionaryState[] = [];
  const last = await federateDictionary({
    ...{ task, clients: 20, cohort: 3, from },
    imagesOf: (client) => {
      asked.add(client);
      return imagesOf(client);
    },
    onRound: async (state, round) => {
      states.push(state);
      rounds.push(round);
    },
  });
  return { last, states, rounds, asked };
}

describe('a simulated dictionary federation', () => {
  it('goes on from any round to the same end', async () => {
    const whole = await play();
    for (const state of whole.states) {
      const { last } = await play(state);
      expect(encodeDictionaryState(last)).toEqual(encodeDictionaryState(whole.last));
    }
  });

  it('tells phases and the bytes of whole updates, and asks no more clients than it may', async () => {
    const { rounds, asked } = await play();
    expect(rounds.map(({ phase }) => phase[0]).join('')).toBe('mcccttttt');
    // 88 bytes of a frame; 1 + 9·10/2 moments, 1 + 3·10 centroid sums, 1 + 12·15 and 1 + 12·3 counts.
    const perClient = [46, 31, 31, 31, 181, 181, 181, 181, 37].map((n) => 88 + 4 * n);
    expect(rounds.map(({ uplinkBytes }) => uplinkBytes)).toEqual(
      perClient.map((bytes, i) => bytes * (i < 4 ? 3 : 12)),
    );
    expect(rounds.map(({ objective }) => objective !== null)).toEqual(
      rounds.map(({ phase }) => phase === 'centroids'),
    );
    expect(asked.size).toBeLessThanOrEqual(20);
    expect(asked.size).toBeGreaterThanOrEqual(12);
  });
});
