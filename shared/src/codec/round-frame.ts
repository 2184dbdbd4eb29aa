/**
 * The two frames of a round: a client's update and the coordinator's step. Both are bound to the
 * task, the rule, the round and the hash of the model that the round starts from, so that neither
 * can be counted or applied anywhere else; their payloads are the rule's (see `rules/`).
 */
import { type ErrorCode, FederationError } from '../protocol/errors.js';
import { ruleName } from '../rules/registry.js';
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
 * The payload of an update that belongs to this round, its length one that the rule allows.
 * @throws FederationError `frame-…`, `wrong-task`, `wrong-rule`, `wrong-base`, `round-stale` or
 *   `round-future`
 */
export function decodeUpdate(bytes: Uint8Array, expected: RoundBinding): Uint8Array {
  return decode('update', bytes, expected);
}

/** As {@link decodeUpdate}, for a step. */
export function decodeStep(bytes: Uint8Array, expected: RoundBinding): Uint8Array {
  return decode('step', bytes, expected);
}

/** Bytes of an update frame under a rule; the most, where updates are entropy-coded. */
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

function decode(kind: 'update' | 'step', bytes: Uint8Array, expected: RoundBinding): Uint8Array {
  const { rule, parameters } = expected;
  const most = kind === 'update' ? rule.updateBytes(parameters) : rule.stepBytes(parameters);
  const frame = decodeFrame(bytes, kind, FRAME_OVERHEAD + Math.max(most, WIDEST * parameters));
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FederationError(code, `${kind} frame: ${message}`);
  };
  if (frame.taskHash !== expected.taskHash) {
    refuse('wrong-task', 'field "task hash" names another task; join the federation again');
  }
  if (frame.rule !== expected.rule.id) {
    const named = ruleName(frame.rule) ?? 'unknown';
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
  const { length } = frame.payload;
  // A round that changes nothing has an empty step, whatever the rule.
  if (kind === 'step' && length === 0) return frame.payload;
  if (length > most || (length < most && !rule.entropyCoded[kind])) {
    refuse(
      length < most ? 'frame-truncated' : 'frame-oversized',
      `the payload has ${length} bytes, but ${rule.kind} takes ${rule.entropyCoded[kind] ? 'at most ' : ''}${most}; encode it again`,
    );
  }
  return frame.payload;
}
