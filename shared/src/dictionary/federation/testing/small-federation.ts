/** A dictionary federation small enough for tests: images of bars, a few clients. */
import type { ImageBatch } from '../../../extractor/extractor.js';
import { Random } from '../../../random/random.js';
import { deriveSeed } from '../../../random/seed.js';
import { type DictionaryTask, parseDictionaryTask } from '../../../task/dictionary-task.js';
import { taskHash } from '../../../task/hash.js';
import { advanceDictionary, dictionaryCohort, tallyAnswers } from '../advance.js';
import { answerRound } from '../answer.js';
import { dictionaryRounds } from '../stage.js';
import { type DictionaryState, initialDictionary } from '../state.js';
import { encodeDictionaryState } from '../state-file.js';

/** 12×12 gray images, patches of 3×3, 16 features of which 6 become bits. */
export const smallTask = parseDictionaryTask(
  {
    schema: 1,
    kind: 'dictionary',
    id: 'bars',
    title: 'Bars',
    description: '',
    input: { kind: 'image', width: 12, height: 12, channels: 1 },
    dictionary: {
      ...{ size: 3, filters: 4, padding: 0, grid: { width: 2, height: 2 } },
      ...{ rectifier: 0.1, contrastFloor: 25.5, bits: 6 },
    },
    learning: {
      ...{ rounds: 6, patches: 200, leastDeviation: 25.5, whiteningEpsilon: 0.01 },
      ...{ clip: 6, inertia: 0.25, sumBits: 20, images: 20 },
    },
    federation: { cohort: 3, panel: 5, seed: 1 },
    privacy: { mode: 'plain' },
  },
  'small task',
);

/** The small task with other settings of learning or federation. */
export function smallTaskWith(
  learning: Partial<DictionaryTask['learning']>,
  federation: Partial<DictionaryTask['federation']> = {},
): DictionaryTask {
  return {
    ...smallTask,
    learning: { ...smallTask.learning, ...learning },
    federation: { ...smallTask.federation, ...federation },
  };
}

/** Lines of two directions at random places, on noise. */
export function bars(count: number, name: string): ImageBatch {
  const random = new Random(deriveSeed(7, 'bars', name));
  const side = 12;
  const pixels = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const upright = random.below(2) === 0;
    const at = random.below(side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const lit = (upright ? x : y) === at;
        pixels[(image * side + y) * side + x] = (lit ? 200 : 0) + random.below(50);
      }
    }
  }
  return { count, width: side, height: side, channels: 1, pixels };
}

export type Clients = ReadonlyMap<string, ImageBatch>;

/** Clients with 8 images each. */
export function smallClients(count: number): Clients {
  return new Map(
    Array.from({ length: count }, (_, c) => [`client-${c}`, bars(8, `client-${c}`)] as const),
  );
}

/** The answers of a round's clients. */
export function answersOf(
  task: DictionaryTask,
  state: DictionaryState,
  clients: Clients,
): Promise<Float64Array[]> {
  const cohort = dictionaryCohort(task, state.round + 1, clients.keys());
  return Promise.all(
    cohort.map((client) => answerRound(task, state, clients.get(client) as ImageBatch, client)),
  );
}

/** Plays rounds until `round` are published; of the whole task by default. */
export async function playTo(
  task: DictionaryTask,
  clients: Clients,
  round = dictionaryRounds(task),
): Promise<DictionaryState> {
  let state = initialDictionary(task);
  while (state.round < round) {
    const answers = await answersOf(task, state, clients);
    state = advanceDictionary(task, state, tallyAnswers(answers));
  }
  return state;
}

export function fileOf(task: DictionaryTask, state: DictionaryState): Uint8Array {
  return encodeDictionaryState(task, taskHash(task), state);
}
