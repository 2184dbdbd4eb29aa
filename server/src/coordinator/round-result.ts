/** What a sealed round comes to: pure, so that publishing and verifying run the same code. */
import {
  decodeUpdate,
  encodeModel,
  encodeStep,
  type GlobalModel,
  type RoundBinding,
  type RoundContext,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';
import { tallyHash } from './journal.js';

export interface RoundResult {
  readonly model: GlobalModel;
  /** The snapshot file and its hash. */
  readonly modelFile: Uint8Array;
  readonly modelHash: string;
  readonly stepFile: Uint8Array;
  readonly stepHash: string;
  readonly tallyHash: string;
}

/** @param frames accepted update frames; their order does not matter */
export function roundResult(
  global: GlobalModel,
  frames: readonly Uint8Array[],
  binding: RoundBinding,
  context: RoundContext,
): RoundResult {
  const { rule, taskHash } = binding;
  const tally = rule.tally(
    frames.map((frame) => decodeUpdate(frame, binding)),
    context,
  );
  const step = rule.apply(global, tally, context);
  const model = rule.advance(global, step, context);
  const stepFile = encodeStep({ ...binding, payload: step });
  const modelFile = encodeModel({ taskHash, model });
  return {
    model,
    modelFile,
    modelHash: contentHash(modelFile),
    stepFile,
    stepHash: contentHash(stepFile),
    tallyHash: tallyHash(tally),
  };
}
