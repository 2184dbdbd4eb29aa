import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../codec/sha256.js';
import {
  decodeExtractorFile,
  type ImageBatch,
  loadExtractor,
  patchFeatures,
} from '../extractor/index.js';
import { deriveSeed, Random } from '../random/index.js';
import { objectiveOf } from './centroids-phase.js';
import {
  decodeDictionaryState,
  dictionaryExtractor,
  encodeDictionaryState,
} from './dictionary-file.js';
import {
  type DictionaryState,
  dictionaryRounds,
  dictionaryUpdate,
  nextState,
  type OpenState,
  STARTED,
  sumUpdates,
  updateLength,
} from './dictionary-state.js';
import {
  type DictionaryTask,
  dictionaryTaskHash,
  dictionaryTaskSchema,
  patchValues,
} from './dictionary-task.js';
import { decodeDictionaryUpdate, encodeDictionaryUpdate } from './dictionary-update.js';
import { fitThreshold } from './fit-thresholds.js';
import { PATCH_CONSTANTS } from './fold-whitening.js';
import { momentsUpdate, whiteningFrom, whiteningValues } from './moments-phase.js';
import { samplePatches } from './sample-patches.js';
import { zcaWhitening } from './whitening.js';

const task: DictionaryTask = dictionaryTaskSchema.parse({
  kind: 'dictionary',
  id: 'bars',
  input: { width: 12, height: 12, channels: 1 },
  dictionary: { size: 3, filters: 4, padding: 1, grid: 2, bits: 12 },
  federation: { rounds: 6, patches: 200, images: 50, seed: 3 },
});

/** Bars on a noisy ground, upright for even clients and lying for odd ones. */
function bars(client: number, count = 40): ImageBatch {
  const random = new Random(deriveSeed(client, 'bars'));
  const pixels = new Uint8Array(count * 144);
  for (let i = 0; i < count; i++) {
    const at = random.below(12);
    for (let k = 0; k < 144; k++) {
      const place = client % 2 === 0 ? k % 12 : Math.floor(k / 12);
      pixels[i * 144 + k] = place === at ? 200 + random.below(56) : random.below(60);
    }
  }
  return { count, width: 12, height: 12, channels: 1, pixels };
}

const CLIENTS = [0, 1, 2, 3];
const seedOf = (client: number) => deriveSeed(7, client);

const updatesOf = (state: OpenState, clients: readonly number[] = CLIENTS) =>
  Promise.all(clients.map((c) => dictionaryUpdate(task, state, bars(c), seedOf(c))));

/** Every state of the federation, in order. */
async function play(order: readonly number[] = CLIENTS) {
  const states: DictionaryState[] = [STARTED];
  const objectives: number[] = [];
  for (let state: DictionaryState = STARTED; state.phase !== 'over'; ) {
    const sums = sumUpdates(await updatesOf(state, order), updateLength(task, state));
    if (state.phase === 'centroids') objectives.push(objectiveOf(sums, patchValues(task)));
    state = nextState(task, state, sums);
    states.push(state);
  }
  return { states, objectives };
}

const played = play();
const notes = { name: 'bars', trainedOn: 'bars', command: 'a test' };

async function stateOf<P extends OpenState['phase']>(phase: P) {
  const found = (await played).states.find((state) => state.phase === phase);
  return found as Extract<OpenState, { phase: P }>;
}

async function bindingOf(phase: OpenState['phase']) {
  const state = await stateOf(phase);
  const stateHash = sha256Hex(encodeDictionaryState(state));
  return { task, taskHash: dictionaryTaskHash(task), state, stateHash };
}

const PHASES = ['moments', 'centroids', 'thresholds'] as const;

describe('a dictionary federation', () => {
  it('ends after its rounds with an extractor that loads', async () => {
    const { states } = await played;
    expect(states).toHaveLength(1 + dictionaryRounds(task));
    states.forEach((state, round) => void expect(state.round).toBe(round));
    const { file } = dictionaryExtractor(task, states[states.length - 1], notes);
    const extractor = await loadExtractor(file);
    expect([extractor.kind, extractor.bits]).toEqual(['patches', 12]);
  });

  it('finds centroids that fit patches better than random ones', async () => {
    const { objectives } = await played;
    expect(objectives).toHaveLength(task.federation.rounds);
    expect(objectives[5]).toBeGreaterThan(1.1 * objectives[0]);
  });

  it('gives the same bytes whatever the order in which clients answer', async () => {
    const [{ states }, other] = await Promise.all([played, play([2, 0, 3, 1])]);
    expect(other.states.map(encodeDictionaryState)).toEqual(states.map(encodeDictionaryState));
  });

  it('goes on from a stored state as if it had not been left', async () => {
    const { states } = await played;
    for (const state of states) {
      expect(decodeDictionaryState(encodeDictionaryState(state), task)).toEqual(state);
    }
  });

  it('whitens as one place with all patches would, up to rounding', async () => {
    const n = patchValues(task);
    const sampling = { size: 3, count: 200, ...PATCH_CONSTANTS };
    const own = CLIENTS.map((c) =>
      samplePatches(bars(c), sampling, new Random(deriveSeed(seedOf(c), 'dictionary', 0))),
    );
    const together = zcaWhitening(Float64Array.from(own.flatMap((p) => [...p])), n, 0.01);
    const sums = sumUpdates(
      own.map((p) => momentsUpdate(p, n)),
      1 + (n * (n + 1)) / 2,
    );
    const federated = whiteningValues(whiteningFrom(sums, n));
    federated.forEach((value, i) => void expect(Math.abs(value - together[i])).toBeLessThan(0.01));
  });

  it('finds the medians of all images, and how balanced the bits are', async () => {
    const last = (await played).states.at(-1);
    if (last?.phase !== 'over') throw new Error('not over');
    const { dictionary, fractionBits, features } = last;
    const columns = features.map((): number[] => []);
    for (const client of CLIENTS) {
      await patchFeatures(dictionary, bars(client), (values, _, count) => {
        for (let i = 0; i < count; i++) {
          columns.forEach((column, f) => void column.push(values[i * columns.length + f]));
        }
      });
    }
    features.forEach((feature, f) => {
      const direct = fitThreshold(Float32Array.from(columns[f]), fractionBits);
      // TensorFlow.js rounds to f32: a quantum of difference is allowed.
      expect(Math.abs(feature.threshold - direct.threshold)).toBeLessThanOrEqual(1);
      expect(Math.abs(feature.share - direct.share)).toBeLessThan(0.02);
    });
  });

  it('refuses images of another size, and counts no more than the task says', async () => {
    const small = { ...bars(0), width: 6, height: 24 };
    await expect(dictionaryUpdate(task, STARTED, small, seedOf(0))).rejects.toThrow(/6×24×1/);
    const state = await stateOf('thresholds');
    const [images] = await dictionaryUpdate(task, state, bars(0, 70), seedOf(0));
    expect(images).toBe(50);
  });

  it('makes no extractor before its end, or of more bits than vary', async () => {
    const { states } = await played;
    expect(() => dictionaryExtractor(task, states[3], notes)).toThrow(/phase "centroids"/);
    const many = { ...task, dictionary: { ...task.dictionary, bits: 17 } };
    expect(() => dictionaryExtractor(many, states[states.length - 1], notes)).toThrow(
      /fewer than 17/,
    );
  });

  it('writes what it was taught by into the file', async () => {
    const { states } = await played;
    const { file } = dictionaryExtractor(task, states[states.length - 1], notes);
    expect(decodeExtractorFile(file).header).toMatchObject({
      ...notes,
      kind: 'patches',
      filters: 4,
    });
  });
});

describe('the update of a dictionary federation', () => {
  it.each(PHASES)('gives back its numbers (%s)', async (phase) => {
    const binding = await bindingOf(phase);
    for (const numbers of await updatesOf(binding.state)) {
      const frame = encodeDictionaryUpdate(binding, numbers);
      expect(frame.length).toBe(88 + 4 * updateLength(task, binding.state));
      expect(decodeDictionaryUpdate(frame, binding)).toEqual(numbers);
    }
  });

  it.each(PHASES)(
    'is refused after any change of a byte, and at any other length (%s)',
    async (phase) => {
      const binding = await bindingOf(phase);
      const [numbers] = await updatesOf(binding.state, [1]);
      const frame = encodeDictionaryUpdate(binding, numbers);
      fc.assert(
        fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const bytes = frame.slice();
          bytes[at] ^= change;
          expect(() => decodeDictionaryUpdate(bytes, binding)).toThrow(/^update frame: /);
        }),
      );
      fc.assert(
        fc.property(fc.nat(frame.length + 8), (length) => {
          fc.pre(length !== frame.length);
          const bytes = new Uint8Array(length);
          bytes.set(frame.subarray(0, length));
          expect(() => decodeDictionaryUpdate(bytes, binding)).toThrow(/^update frame: /);
        }),
      );
    },
  );

  it.each([
    ['moments', 0, 201, /201 patches, not 1 to 200/],
    ['moments', 0, 0, /0 patches/],
    ['moments', 5, 2_000_000_000, /number 5 is 2000000000, beyond/],
    ['centroids', 1, 201, /centroid 0 counts 201 patches/],
    ['centroids', 2, -2_000_000_000, /a sum of centroid 0 is -2000000000, beyond/],
    ['centroids', 0, -1, /objective is -1/],
    ['thresholds', 0, 51, /51 images, not 1 to 50/],
    ['thresholds', 1, 45, /count 1 is 45, not 0 to 40/],
    ['thresholds', 3, -1, /count 3 is -1/],
  ] as const)(
    'with a number that no honest client has is refused (%s %d: %d)',
    async (phase, at, value, message) => {
      const binding = await bindingOf(phase);
      const [numbers] = await updatesOf(binding.state, [0]);
      numbers[at] = value;
      const frame = encodeDictionaryUpdate(binding, numbers);
      expect(() => decodeDictionaryUpdate(frame, binding)).toThrow(message);
      expect(() => decodeDictionaryUpdate(frame, binding)).toThrow(
        expect.objectContaining({ code: 'frame-corrupt' }),
      );
    },
  );

  it('of another task, round or state is refused by its name', async () => {
    const binding = await bindingOf('centroids');
    const [numbers] = await updatesOf(binding.state, [0]);
    const { state } = binding;
    const refused = [
      ['wrong-task', { ...binding, taskHash: '1'.repeat(64) }],
      ['wrong-base', { ...binding, stateHash: '2'.repeat(64) }],
      ['round-stale', { ...binding, state: { ...state, round: state.round - 1 } as typeof state }],
      ['round-future', { ...binding, state: { ...state, round: state.round + 1 } as typeof state }],
    ] as const;
    for (const [code, other] of refused) {
      const frame = encodeDictionaryUpdate(other, numbers);
      expect(() => decodeDictionaryUpdate(frame, binding)).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });
});

describe('a stored state', () => {
  it.each([
    ['not JSON', '{', /not JSON/],
    ['of no phase', '{"phase":"sleep","round":1}', /phase/],
    [
      'with arrays of another length',
      '{"phase":"thresholds","round":8,"digit":0,"fractionBits":9,"weights":"AAAA","low":""}',
      /"weights" holds 3 bytes, not 144/,
    ],
    [
      'with an array that is not base64',
      '{"phase":"centroids","round":1,"whitening":"","published":"%","sums":""}',
      /"published" is not base64/,
    ],
  ])('%s is refused', (_, text, message) => {
    const bytes = new TextEncoder().encode(text);
    expect(() => decodeDictionaryState(bytes, task, 'x.json')).toThrow(message);
    expect(() => decodeDictionaryState(bytes, task, 'x.json')).toThrow(
      expect.objectContaining({ code: 'file-corrupt' }),
    );
  });
});
