/** Updates and states of a dictionary federation. */
import { checkAnswer } from '../dictionary/federation/answer.js';
import { dictionaryRounds, updateFields } from '../dictionary/federation/stage.js';
import { type DictionaryState, initialDictionary } from '../dictionary/federation/state.js';
import {
  decodeDictionaryState,
  encodeDictionaryState,
} from '../dictionary/federation/state-file.js';
import {
  decodeDictionaryUpdate,
  encodeDictionaryUpdate,
} from '../dictionary/federation/update-frame.js';
import { parseDictionaryTask } from '../task/dictionary-task.js';
import { taskHash } from '../task/hash.js';
import { DICTIONARY_TASK } from './message-samples.js';
import { sealFrame } from './sealed.js';
import { expectSame, type FuzzTarget } from './target.js';

/** 6×6 gray images, patches of 2×2, 4 features. */
const task = parseDictionaryTask(DICTIONARY_TASK, 'fuzzed task');
const hash = taskHash(task);
const last = dictionaryRounds(task);
const baseHash = '22'.repeat(32);

/** A state of the right shape after so many rounds. */
function stateAt(round: number): DictionaryState {
  const { centroids } = initialDictionary(task);
  return {
    ...{ round, centroids },
    whitening: new Int32Array(round >= 1 ? 10 : 0).fill(1 << 20),
    low: new Uint16Array(round > task.learning.rounds ? 4 : 0).fill(16),
    ...(round === last && {
      counts: { images: 9, reached: Uint32Array.of(1, 2, 3, 9), guarded: new Uint32Array(4) },
    }),
  };
}

const rounds = Array.from({ length: last }, (_, i) => i + 1);
const fields = [72, 76, 80];

const stateFile: FuzzTarget = {
  name: 'decodeDictionaryState',
  corpus: [0, ...rounds].map((round) => encodeDictionaryState(task, hash, stateAt(round))),
  fields,
  seal: sealFrame,
  run(bytes) {
    const state = decodeDictionaryState(task, hash, bytes);
    expectSame(encodeDictionaryState(task, hash, state), bytes, 'dictionary state');
  },
};

function updateTarget(round: number): FuzzTarget {
  const binding = { task, taskHash: hash, baseHash, round };
  const count = updateFields(task, round).reduce((sum, field) => sum + field.count, 0);
  const state = stateAt(round - 1);
  return {
    name: `decodeDictionaryUpdate of round ${round}`,
    corpus: [0, 1].map((value) =>
      encodeDictionaryUpdate(binding, new Float64Array(count).fill(value)),
    ),
    fields,
    seal: sealFrame,
    workspace: 262_144,
    run(bytes) {
      const values = decodeDictionaryUpdate(bytes, binding);
      expectSame(encodeDictionaryUpdate(binding, values), bytes, 'dictionary update');
      checkAnswer(task, state, values);
    },
  };
}

/** One of each stage: moments, centroids, thresholds far apart and side by side. */
export function dictionaryTargets(): FuzzTarget[] {
  return [stateFile, ...[1, 2, 4, last].map(updateTarget)];
}
