/**
 * A client's update as bytes: a frame of kind `dictionary-update`, bound to the task, the round and
 * the state that the round starts from. Its payload is the fields of the round, each packed from a
 * new byte on, so its length is exact and known beforehand.
 */
import { decodeFrame, encodeFrame, FRAME_OVERHEAD } from '../../codec/frame.js';
import { packedBytes, packIntegers, unpackIntegers } from '../../codec/packed-integers.js';
import { type ErrorCode, FederationError } from '../../protocol/errors.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { type IntegerField, updateFields } from './stage.js';

/** What an update is bound to; one that differs in any of it is refused. */
export interface DictionaryBinding {
  readonly task: DictionaryTask;
  readonly taskHash: string;
  /** Hash of the state that the round starts from. */
  readonly baseHash: string;
  readonly round: number;
}

/** Bytes of an update's frame. */
export function dictionaryUpdateBytes(task: DictionaryTask, round: number): number {
  return FRAME_OVERHEAD + payloadBytes(updateFields(task, round));
}

/** @param values the integers of all fields, in their order; trusted to be in range */
export function encodeDictionaryUpdate(
  { task, taskHash, baseHash, round }: DictionaryBinding,
  values: Float64Array,
): Uint8Array {
  const fields = updateFields(task, round);
  const payload = new Uint8Array(payloadBytes(fields));
  let byte = 0;
  let at = 0;
  for (const field of fields) {
    packIntegers(values.subarray(at, at + field.count), field, payload.subarray(byte));
    at += field.count;
    byte += packedBytes(field.count, field);
  }
  return encodeFrame({
    kind: 'dictionary-update',
    rule: 0,
    flags: 0,
    ...{ taskHash, baseHash, round, payload },
    parameters: values.length,
  });
}

/**
 * The integers of an update that belongs to this round. Whether they are possible is another
 * question: `checkAnswer`.
 * @throws FederationError `frame-…`, `wrong-task`, `wrong-base`, `round-stale` or `round-future`
 */
export function decodeDictionaryUpdate(
  bytes: Uint8Array,
  expected: DictionaryBinding,
): Float64Array {
  const fields = updateFields(expected.task, expected.round);
  const size = payloadBytes(fields);
  const frame = decodeFrame(bytes, 'dictionary-update', FRAME_OVERHEAD + size);
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FederationError(code, `dictionary-update frame: ${message}`);
  };
  if (frame.taskHash !== expected.taskHash) {
    refuse('wrong-task', 'field "task hash" names another task; join the federation again');
  }
  if (frame.round !== expected.round) {
    const [code, remedy] =
      frame.round < expected.round
        ? (['round-stale', 'wait for the next'] as const)
        : (['round-future', 'wait for it'] as const);
    refuse(
      code,
      `field "round" is ${frame.round}, but round ${expected.round} is played; ${remedy}`,
    );
  }
  if (frame.baseHash !== expected.baseHash) {
    refuse('wrong-base', 'field "base" is not the state of this round; fetch the current state');
  }
  if (frame.rule !== 0 || frame.flags !== 0) {
    refuse('frame-corrupt', 'a field that must be 0 is not; update the software');
  }
  const count = fields.reduce((sum, field) => sum + field.count, 0);
  if (frame.parameters !== count) {
    refuse(
      'frame-corrupt',
      `field "parameters" is ${frame.parameters}, not ${count}; read the task again`,
    );
  }
  if (frame.payload.length !== size) {
    refuse(
      'frame-truncated',
      `the payload has ${frame.payload.length} bytes, not ${size}; encode it again`,
    );
  }
  return readFields(frame.payload, fields, count);
}

function readFields(
  payload: Uint8Array,
  fields: readonly IntegerField[],
  count: number,
): Float64Array {
  const values = new Float64Array(count);
  let byte = 0;
  let at = 0;
  for (const field of fields) {
    const bytes = payload.subarray(byte, byte + packedBytes(field.count, field));
    const what = `dictionary-update frame: ${field.name}`;
    unpackIntegers(bytes, field, values.subarray(at, at + field.count), what);
    at += field.count;
    byte += bytes.length;
  }
  return values;
}

function payloadBytes(fields: readonly IntegerField[]): number {
  return fields.reduce((sum, field) => sum + packedBytes(field.count, field), 0);
}
