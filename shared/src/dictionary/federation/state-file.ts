/**
 * The state as a file, which clients download; its SHA-256 is the base of a round. A frame of kind
 * `dictionary-state`: round = rounds published, parameters = numbers of the centroids, payload, as
 * far as the round has got:
 *
 *     i16 centroids · i32 whitening · u16 low · u32 images, u32 reached, u32 guarded
 */
import { decodeFrame, encodeFrame, FRAME_OVERHEAD, ZERO_HASH } from '../../codec/frame.js';
import { FederationError } from '../../protocol/errors.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { dictionaryRounds, featureCount, patchValues } from './stage.js';
import type { DictionaryState } from './state.js';

/** How many numbers of each part a state has after so many rounds. */
function partsOf(task: DictionaryTask, round: number) {
  const n = patchValues(task);
  const features = featureCount(task);
  const counted = round === dictionaryRounds(task);
  return {
    centroids: task.dictionary.filters * n,
    whitening: round >= 1 ? (n * (n + 1)) / 2 : 0,
    low: round > task.learning.rounds ? features : 0,
    counts: counted ? 1 + 2 * features : 0,
  };
}

function payloadBytes(parts: ReturnType<typeof partsOf>): number {
  return 2 * parts.centroids + 4 * parts.whitening + 2 * parts.low + 4 * parts.counts;
}

export function encodeDictionaryState(
  task: DictionaryTask,
  taskHash: string,
  state: DictionaryState,
): Uint8Array {
  const { round, centroids, whitening, low, counts } = state;
  const payload = new Uint8Array(payloadBytes(partsOf(task, round)));
  const view = new DataView(payload.buffer);
  let at = 0;
  const next = (size: number) => {
    at += size;
    return at - size;
  };
  for (const value of centroids) view.setInt16(next(2), value, true);
  for (const value of whitening) view.setInt32(next(4), value, true);
  for (const value of low) view.setUint16(next(2), value, true);
  if (counts !== undefined) {
    for (const value of [counts.images, ...counts.reached, ...counts.guarded]) {
      view.setUint32(next(4), value, true);
    }
  }
  return encodeFrame({
    kind: 'dictionary-state',
    rule: 0,
    flags: 0,
    ...{ taskHash, baseHash: ZERO_HASH, round, payload },
    parameters: centroids.length,
  });
}

/** @throws FederationError `file-corrupt` naming the field */
export function decodeDictionaryState(
  task: DictionaryTask,
  taskHash: string,
  bytes: Uint8Array,
): DictionaryState {
  const most = FRAME_OVERHEAD + payloadBytes(partsOf(task, dictionaryRounds(task)));
  const frame = decodeFrame(bytes, 'dictionary-state', most, 'file-corrupt');
  const { round, payload } = frame;
  const refuse = (message: string): never => {
    throw new FederationError('file-corrupt', `dictionary state: ${message}; fetch it again`);
  };
  if (frame.rule !== 0 || frame.flags !== 0 || frame.baseHash !== ZERO_HASH) {
    refuse('a field that must be 0 is not');
  }
  if (frame.taskHash !== taskHash) refuse('field "task hash" names another task');
  if (round > dictionaryRounds(task)) refuse(`field "round" is ${round}, beyond the task's last`);
  const parts = partsOf(task, round);
  if (frame.parameters !== parts.centroids) {
    refuse(`field "parameters" is ${frame.parameters}, not ${parts.centroids}`);
  }
  if (payload.length !== payloadBytes(parts)) {
    refuse(`the payload has ${payload.length} bytes, not ${payloadBytes(parts)}`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  const next = (size: number) => {
    at += size;
    return at - size;
  };
  const centroids = new Int16Array(parts.centroids).map(() => view.getInt16(next(2), true));
  const whitening = new Int32Array(parts.whitening).map(() => view.getInt32(next(4), true));
  const low = new Uint16Array(parts.low).map(() => view.getUint16(next(2), true));
  if (low.includes(0)) refuse('a threshold is 0, so its bit would always be set');
  if (parts.counts === 0) return { round, centroids, whitening, low };
  const images = view.getUint32(next(4), true);
  const reached = new Uint32Array(parts.low).map(() => view.getUint32(next(4), true));
  const guarded = new Uint32Array(parts.low).map(() => view.getUint32(next(4), true));
  if ([...reached, ...guarded].some((count) => count > images)) {
    refuse(`a count is above the ${images} images`);
  }
  return { round, centroids, whitening, low, counts: { images, reached, guarded } };
}
