/**
 * A dictionary federation without sockets: virtual clients answer rounds from their own images;
 * what passes between them and the coordinator are encoded frames and the state.
 */
import { setImmediate } from 'node:timers/promises';
import {
  advanceDictionary,
  answerRound,
  checkAnswer,
  type DictionaryState,
  type DictionaryTask,
  decodeDictionaryUpdate,
  dictionaryCohort,
  dictionaryRounds,
  encodeDictionaryState,
  encodeDictionaryUpdate,
  type ImageBatch,
  mergeAnswers,
  objectiveOf,
  type Stage,
  sha256Hex,
  stageOf,
  takeImages,
  tallyAnswers,
  taskHash,
} from '@fedhybnn/shared';
import { virtualClientId } from '../engine/virtual-client.js';
import type { Partition } from '../partitions/index.js';

/** One published round. */
export interface DictionaryRound {
  readonly round: number;
  readonly rounds: number;
  readonly stage: Stage['kind'];
  /** Mean squared projection of the cohort's patches on their centroids; null in other stages. */
  readonly objective: number | null;
  readonly counted: number;
  /** Bytes of the update frames. */
  readonly uplinkBytes: number;
  /** Bytes of the state's file, once for each client of the round. */
  readonly downlinkBytes: number;
  /** Hash of the state after the round. */
  readonly stateHash: string;
}

export interface DictionarySimulation {
  readonly task: DictionaryTask;
  /** All images; virtual clients take theirs from this one copy. */
  readonly images: ImageBatch;
  readonly partition: Partition;
  /** The start, or where an earlier run got to. */
  readonly state: DictionaryState;
  readonly onRound?: (metrics: DictionaryRound, state: DictionaryState) => void | Promise<void>;
  /** Stops after the round being played. */
  readonly signal?: AbortSignal | undefined;
}

/** Plays the rounds that are left. Deterministic: the order of answers makes no difference. */
export async function playDictionary(simulation: DictionarySimulation): Promise<DictionaryState> {
  const { task, partition, onRound, signal } = simulation;
  const hash = taskHash(task);
  const rounds = dictionaryRounds(task);
  const { clients } = partition;
  const indexOf = new Map(
    Array.from({ length: clients }, (_, c) => [virtualClientId(c, clients), c]),
  );
  let { state } = simulation;
  let file = encodeDictionaryState(task, hash, state);
  while (state.round < rounds && !signal?.aborted) {
    const round = state.round + 1;
    const binding = { task, taskHash: hash, baseHash: sha256Hex(file), round };
    const cohort = dictionaryCohort(task, round, indexOf.keys());
    let tally: ReturnType<typeof tallyAnswers> | undefined;
    let uplinkBytes = 0;
    for (const client of cohort) {
      // Lets a Ctrl-C through.
      await setImmediate();
      const own = takeImages(simulation.images, partition.rows(indexOf.get(client) ?? 0));
      const frame = encodeDictionaryUpdate(binding, await answerRound(task, state, own, client));
      const answer = decodeDictionaryUpdate(frame, binding);
      checkAnswer(task, state, answer);
      uplinkBytes += frame.length;
      tally =
        tally === undefined ? tallyAnswers([answer]) : mergeAnswers(tally, tallyAnswers([answer]));
    }
    if (tally === undefined) break;
    const { kind } = stageOf(task, round);
    const objective = kind === 'centroids' ? objectiveOf(task, state, tally) : null;
    const downlinkBytes = file.length * cohort.length;
    state = advanceDictionary(task, state, tally);
    file = encodeDictionaryState(task, hash, state);
    const counted = tally.count;
    const stateHash = sha256Hex(file);
    await onRound?.(
      { round, rounds, stage: kind, objective, counted, uplinkBytes, downlinkBytes, stateHash },
      state,
    );
  }
  return state;
}
