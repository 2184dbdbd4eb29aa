/** What a sealed round comes to: pure, so that publishing and verifying run the same code. */
import {
  decodeUpdate,
  type Experience,
  encodeModel,
  encodeStep,
  type GlobalModel,
  type RobustSettings,
  type RoundBinding,
  type RoundContext,
  settleRound,
  type Verdicts,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';
import type { CentralEvaluation } from './central-evaluation.js';
import { tallyHash } from './journal.js';

export interface RoundResult {
  readonly model: GlobalModel;
  /** The snapshot file and its hash. */
  readonly modelFile: Uint8Array;
  readonly modelHash: string;
  readonly stepFile: Uint8Array;
  readonly stepHash: string;
  readonly tallyHash: string;
  readonly accuracy: number | null;
  readonly verdicts: Verdicts | null;
  readonly rolledBack: boolean;
}

/** What decides about a round besides its updates. */
export interface RoundConditions {
  readonly binding: RoundBinding;
  readonly context: RoundContext;
  readonly robust: RobustSettings | undefined;
  readonly experience: Experience;
  readonly evaluate: CentralEvaluation;
}

/** @param updates accepted ones; their order does not matter */
export function roundResult(
  global: GlobalModel,
  updates: readonly { readonly client: string; readonly frame: Uint8Array }[],
  { binding, context, robust, experience, evaluate }: RoundConditions,
): RoundResult {
  const { rule, taskHash } = binding;
  const settled = settleRound(
    global,
    updates.map(({ client, frame }) => ({ client, payload: decodeUpdate(frame, binding) })),
    { rule, context, robust },
    experience,
    evaluate,
  );
  const { model, tally, step, accuracy, verdicts, rolledBack } = settled;
  const stepFile = encodeStep({ ...binding, payload: step });
  const modelFile = encodeModel({ taskHash, model });
  return {
    ...{ model, accuracy, verdicts, rolledBack },
    modelFile,
    modelHash: contentHash(modelFile),
    stepFile,
    stepHash: contentHash(stepFile),
    tallyHash: tallyHash(tally),
  };
}
