/**
 * A client's update to a dictionary federation, as bytes: an update frame of rule 0 and flags 1
 * (moments), 2 (centroids) or 3 (thresholds), whose payload is the update's numbers as i32,
 * little-endian. They are sums over samples, whose sum over clients is all that the coordinator
 * needs: masks that cancel (secure aggregation) can be added to them modulo 2³².
 */
import { decodeFrame, encodeFrame, FRAME_OVERHEAD } from '../codec/frame.js';
import { type ErrorCode, FederationError } from '../protocol/errors.js';
import { type DictionaryState, updateLength, updateProblem } from './dictionary-state.js';
import type { DictionaryTask } from './dictionary-task.js';

const FLAGS = { moments: 1, centroids: 2, thresholds: 3 } as const;

/** What an update is bound to; one that differs in any of it is refused. */
export interface DictionaryBinding {
  readonly task: DictionaryTask;
  readonly taskHash: string;
  readonly state: DictionaryState & { readonly phase: keyof typeof FLAGS };
  /** Hash of the state's bytes. */
  readonly stateHash: string;
}

/** @param numbers as the phase's `…Update` function gives them */
export function encodeDictionaryUpdate(
  { taskHash, state, stateHash }: DictionaryBinding,
  numbers: Int32Array,
): Uint8Array {
  const payload = new Uint8Array(4 * numbers.length);
  const view = new DataView(payload.buffer);
  numbers.forEach((value, i) => {
    view.setInt32(4 * i, value, true);
  });
  return encodeFrame({
    kind: 'update',
    rule: 0,
    flags: FLAGS[state.phase],
    taskHash,
    baseHash: stateHash,
    round: state.round + 1,
    parameters: numbers.length,
    payload,
  });
}

/**
 * The numbers of an update that belongs to this round, all within their bounds.
 * @throws FederationError `frame-…`, `wrong-task`, `wrong-rule`, `wrong-base`, `round-stale` or
 *   `round-future`
 */
export function decodeDictionaryUpdate(bytes: Uint8Array, binding: DictionaryBinding): Int32Array {
  const { task, taskHash, state, stateHash } = binding;
  const length = updateLength(task, state);
  const frame = decodeFrame(bytes, 'update', FRAME_OVERHEAD + 4 * length);
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FederationError(code, `update frame: ${message}`);
  };
  if (frame.taskHash !== taskHash) {
    refuse('wrong-task', 'field "task hash" names another task; join the federation again');
  }
  if (frame.rule !== 0) {
    refuse(
      'wrong-rule',
      `field "rule" is ${frame.rule}, but a dictionary is learned; read the task`,
    );
  }
  const round = state.round + 1;
  if (frame.round !== round) {
    refuse(
      frame.round < round ? 'round-stale' : 'round-future',
      `field "round" is ${frame.round}, but round ${round} is played; wait for the next`,
    );
  }
  if (frame.baseHash !== stateHash) {
    refuse('wrong-base', 'field "base" is not the state of this round; fetch the current one');
  }
  if (frame.flags !== FLAGS[state.phase]) {
    refuse(
      'frame-corrupt',
      `field "flags" is ${frame.flags}, not ${FLAGS[state.phase]} (${state.phase})`,
    );
  }
  if (frame.parameters !== length || frame.payload.length !== 4 * length) {
    refuse(
      'frame-corrupt',
      `field "parameters" is ${frame.parameters} with ${frame.payload.length} bytes, but this round takes ${length} numbers; read the task again`,
    );
  }
  const { payload } = frame;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const numbers = Int32Array.from({ length }, (_, i) => view.getInt32(4 * i, true));
  const problem = updateProblem(task, state, numbers);
  if (problem !== undefined) refuse('frame-corrupt', `${problem}; compute the update again`);
  return numbers;
}
