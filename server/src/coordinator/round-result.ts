/** What a sealed round comes to: of its data alone, so that publishing and verifying run the same code. */
import {
  decodeUpdate,
  type Experience,
  encodeModel,
  encodeStep,
  type GlobalModel,
  looksAtUpdates,
  type RobustSettings,
  type RoundBinding,
  type RoundContext,
  type RoundUpdate,
  RunningTally,
  settleRound,
  settleTally,
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
  /** How many updates were accepted, and the bytes of their frames. */
  readonly counted: number;
  readonly uplinkBytes: number;
}

/** What decides about a round besides its updates. */
export interface RoundConditions {
  readonly binding: RoundBinding;
  readonly context: RoundContext;
  readonly robust: RobustSettings | undefined;
  readonly experience: Experience;
  readonly evaluate: CentralEvaluation;
}

/** @param pages the accepted updates; how they are dealt to pages, and their order, does not matter */
export async function roundResult(
  global: GlobalModel,
  pages: AsyncIterable<readonly { readonly client: string; readonly frame: Uint8Array }[]>,
  { binding, context, robust, experience, evaluate }: RoundConditions,
): Promise<RoundResult> {
  const { rule, taskHash } = binding;
  const rules = { rule, context, robust };
  // Defenses compare updates with one another: only without them none has to be kept.
  const kept: RoundUpdate[] | undefined = looksAtUpdates(robust) ? [] : undefined;
  const running = new RunningTally(rule, context);
  let counted = 0;
  let uplinkBytes = 0;
  for await (const page of pages) {
    const updates = page.map(({ client, frame }) => ({
      client,
      payload: decodeUpdate(frame, binding),
    }));
    counted += page.length;
    uplinkBytes += page.reduce((bytes, { frame }) => bytes + frame.length, 0);
    if (kept !== undefined) kept.push(...updates);
    else running.add(updates.map(({ payload }) => payload));
  }
  const settled =
    kept === undefined
      ? settleTally(global, { tally: running.tally, verdicts: null }, rules, experience, evaluate)
      : settleRound(global, kept, rules, experience, evaluate);
  const { model, tally, step, accuracy, verdicts, rolledBack } = settled;
  const stepFile = encodeStep({ ...binding, payload: step });
  const modelFile = encodeModel({ taskHash, model });
  return {
    ...{ model, accuracy, verdicts, rolledBack, counted, uplinkBytes },
    modelFile,
    modelHash: contentHash(modelFile),
    stepFile,
    stepHash: contentHash(stepFile),
    tallyHash: tallyHash(tally),
  };
}
