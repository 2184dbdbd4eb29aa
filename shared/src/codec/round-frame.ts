/**
 * The two frames of a round: a client's update and the coordinator's step. Both are bound to the
 * task, the rule, the round and the hash of the model that the round starts from, so that neither
 * can be counted or applied anywhere else; their payloads are the rule's (see `rules/`).
 */
import { type ErrorCode, FederationError } from '../protocol/errors.js';
import { ruleById } from '../rules/registry.js';
import type { Rule } from '../rules/rule.js';
import { decodeFrame, encodeFrame, FRAME_OVERHEAD } from './frame.js';

/** Bytes a parameter under the widest rule (fp32): what a frame of any rule may take. */
const WIDEST = 4;

/** What a round's frames are bound to; a frame that differs in any of it is refused. */
export interface RoundBinding {
  readonly rule: Rule;
  readonly taskHash: string;
  /** Hash of the model that the round starts from. */
  readonly baseHash: string;
  readonly round: number;
  readonly parameters: number;
}

/** A client's update as bytes; their SHA-256 is the update's digest. */
export function encodeUpdate(update: RoundBinding & { readonly payload: Uint8Array }): Uint8Array {
  return encode('update', update);
}

/** A round's step as bytes: the downlink, a content-addressed file. */
export function encodeStep(step: RoundBinding & { readonly payload: Uint8Array }): Uint8Array {
  return encode('step', step);
}

/**
 * The payload of an update that belongs to this round, its length exactly the rule's.
 * @throws FederationError `frame-…`, `wrong-task`, `wrong-rule`, `wrong-base`, `round-stale` or
 *   `round-future`
 */
export function decodeUpdate(bytes: Uint8Array, expected: RoundBinding): Uint8Array {
  return decode('update', bytes, expected, expected.rule.updateBytes(expected.parameters));
}

/** As {@link decodeUpdate}, for a step. */
export function decodeStep(bytes: Uint8Array, expected: RoundBinding): Uint8Array {
  return decode('step', bytes, expected, expected.rule.stepBytes(expected.parameters));
}

/** Bytes of an update frame under a rule. */
export function updateFrameBytes(rule: Rule, parameters: number): number {
  return FRAME_OVERHEAD + rule.updateBytes(parameters);
}

function encode(
  kind: 'update' | 'step',
  frame: RoundBinding & { payload: Uint8Array },
): Uint8Array {
  const { rule, taskHash, baseHash, round, parameters, payload } = frame;
  return encodeFrame({
    kind,
    rule: rule.id,
    flags: 0,
    taskHash,
    baseHash,
    round,
    parameters,
    payload,
  });
}

function decode(
  kind: 'update' | 'step',
  bytes: Uint8Array,
  expected: RoundBinding,
  payloadBytes: number,
): Uint8Array {
  const frame = decodeFrame(bytes, kind, FRAME_OVERHEAD + WIDEST * expected.parameters);
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FederationError(code, `${kind} frame: ${message}`);
  };
  if (frame.taskHash !== expected.taskHash) {
    refuse('wrong-task', 'field "task hash" names another task; join the federation again');
  }
  if (frame.rule !== expected.rule.id) {
    const named = ruleById(frame.rule)?.kind ?? 'unknown';
    refuse(
      'wrong-rule',
      `field "rule" is ${frame.rule} (${named}), but this task uses ${expected.rule.kind}; read the task again`,
    );
  }
  if (frame.round < expected.round) {
    refuse(
      'round-stale',
      `field "round" is ${frame.round}, but round ${expected.round} is played; wait for the next`,
    );
  }
  if (frame.round > expected.round) {
    refuse(
      'round-future',
      `field "round" is ${frame.round}, but round ${expected.round} is played; wait for it`,
    );
  }
  if (frame.baseHash !== expected.baseHash) {
    refuse('wrong-base', 'field "base" is not the model of this round; fetch the current model');
  }
  if (frame.parameters !== expected.parameters) {
    refuse(
      'frame-corrupt',
      `field "parameters" is ${frame.parameters}, but the task's head has ${expected.parameters}; read the task again`,
    );
  }
  if (frame.flags !== 0)
    refuse('frame-corrupt', `field "flags" is ${frame.flags}, not 0; update the software`);
  if (frame.payload.length !== payloadBytes) {
    refuse(
      frame.payload.length < payloadBytes ? 'frame-truncated' : 'frame-oversized',
      `the payload has ${frame.payload.length} bytes, but ${expected.rule.kind} takes ${payloadBytes}; encode it again`,
    );
  }
  return frame.payload;
}
