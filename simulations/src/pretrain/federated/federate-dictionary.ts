/**
 * Plays a dictionary federation with virtual clients in one process. Every update passes through
 * its bytes, as it would over a network.
 */
import {
  type DictionaryState,
  type DictionaryTask,
  decodeDictionaryUpdate,
  deriveSeed,
  dictionaryRounds,
  dictionaryTaskHash,
  dictionaryUpdate,
  encodeDictionaryState,
  encodeDictionaryUpdate,
  type ImageBatch,
  nextState,
  type OpenState,
  objectiveOf,
  patchValues,
  Random,
  STARTED,
  sha256Hex,
  sumUpdates,
  updateLength,
} from '@fedhybnn/shared';

export interface DictionaryFederation {
  readonly task: DictionaryTask;
  readonly clients: number;
  /** Clients of a round; in the rounds that find thresholds, four times as many, always the same. */
  readonly cohort: number;
  /** A client's own images. */
  readonly imagesOf: (client: number) => ImageBatch;
  /** Where to go on from; default: the start. */
  readonly from?: DictionaryState | undefined;
  /** Called after every round. */
  readonly onRound?: (state: DictionaryState, round: DictionaryRound) => Promise<void>;
}

export interface DictionaryRound {
  /** From 1 to `rounds`. */
  readonly round: number;
  readonly rounds: number;
  /** What the round was for. */
  readonly phase: OpenState['phase'];
  /** Mean |projection| of a whitened patch on its centroid, of rounds of k-means. */
  readonly objective: number | null;
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
}

/** How many times the cohort counts features: medians of few images would be rough. */
const COUNTING = 4;

/** @returns the state after the last round */
export async function federateDictionary(
  federation: DictionaryFederation,
): Promise<DictionaryState> {
  const { task } = federation;
  const rounds = dictionaryRounds(task);
  const taskHash = dictionaryTaskHash(task);
  let state: DictionaryState = federation.from ?? STARTED;
  while (state.phase !== 'over') {
    const bytes = encodeDictionaryState(state);
    const binding = { task, taskHash, state, stateHash: sha256Hex(bytes) };
    const cohort = chooseCohort(federation, state);
    const updates: Int32Array[] = [];
    let uplinkBytes = 0;
    for (const client of cohort) {
      const seed = deriveSeed(task.federation.seed, 'dictionary', 'client', client);
      const numbers = await dictionaryUpdate(task, state, federation.imagesOf(client), seed);
      const frame = encodeDictionaryUpdate(binding, numbers);
      uplinkBytes += frame.length;
      updates.push(decodeDictionaryUpdate(frame, binding));
      // Lets an interruption through.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const sums = sumUpdates(updates, updateLength(task, state));
    const { phase } = state;
    const objective = phase === 'centroids' ? objectiveOf(sums, patchValues(task)) : null;
    state = nextState(task, state, sums);
    const downlinkBytes = bytes.length * cohort.length;
    const { round } = state;
    await federation.onRound?.(state, {
      ...{ round, rounds, phase, objective, uplinkBytes, downlinkBytes },
    });
  }
  return state;
}

/** Ascending. The rounds that count features ask the same clients, so that medians are exact. */
function chooseCohort({ task, clients, cohort }: DictionaryFederation, state: OpenState): number[] {
  const counting = state.phase === 'thresholds';
  const name = counting ? 'counting' : state.round;
  const random = new Random(deriveSeed(task.federation.seed, 'dictionary', 'cohort', name));
  return random.sample(clients, Math.min(clients, counting ? COUNTING * cohort : cohort));
}
