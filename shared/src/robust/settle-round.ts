/**
 * From accepted updates to the next model, with the task's defenses in between. Pure: coordinator,
 * simulator and `verify` run it, and find the same verdicts and bytes.
 *
 *   votes    ──outliers, reputation──▶ counted ones ──tally──┐
 *   averaged ──norm cap, median | trimmed mean | Krum──▶ tally ┴▶ step ──advance──▶ model ──root set──▶
 */
import type { GlobalModel, RoundContext, Rule, Tally } from '../rules/rule.js';
import type { RobustSettings } from '../task/robust-settings.js';
import { type Ballot, outliers } from './outliers.js';
import {
  dissenters,
  isCounted,
  nextScores,
  type Scores,
  type Verdict,
  type Verdicts,
} from './reputation.js';
import { type RobustMean, robustMean } from './robust-mean.js';

/** What earlier rounds have to say. */
export interface Experience {
  readonly scores: Scores;
  /** Accuracies of the last published rounds, oldest first, where they are measured. */
  readonly accuracies: readonly number[];
}

export const NO_EXPERIENCE: Experience = { scores: new Map(), accuracies: [] };

/**
 * After one more round.
 * @param window how many accuracies are looked back on; default none
 */
export function learnFrom(
  { scores, accuracies }: Experience,
  { verdicts, accuracy }: Pick<SettledRound, 'verdicts' | 'accuracy'>,
  window = 0,
): Experience {
  return {
    scores: verdicts === null ? scores : nextScores(scores, verdicts),
    accuracies: accuracy === null || window === 0 ? [] : [...accuracies, accuracy].slice(-window),
  };
}

export interface RoundUpdate {
  readonly client: string;
  readonly payload: Uint8Array;
}

export interface SettledRound {
  /** Of the counted updates. */
  readonly tally: Tally;
  /** Empty where the round changes nothing. */
  readonly step: Uint8Array;
  readonly model: GlobalModel;
  /** Of {@link SettledRound.model}, where it is measured. */
  readonly accuracy: number | null;
  /** Null where the task has no defense that tells clients apart. */
  readonly verdicts: Verdicts | null;
  /** The root set said that the round does harm. */
  readonly rolledBack: boolean;
}

/**
 * @param evaluate accuracy of a model in [0, 1], or null where it is not measured
 * @throws FederationError `frame-corrupt` if a payload is not one of the rule's
 */
export function settleRound(
  global: GlobalModel,
  updates: readonly RoundUpdate[],
  { rule, context, robust = {} }: RoundRules,
  experience: Experience,
  evaluate: (model: GlobalModel) => number | null,
): SettledRound {
  const counted =
    robust.normCap === undefined && robust.aggregator === undefined
      ? screenedTally(updates, rule, context, robust, experience.scores)
      : robustMean(updates, rule, global, context, robust);
  return settleTally(global, counted, { rule, context, robust }, experience, evaluate);
}

/** Whether {@link settleRound} looks at single updates; if not, {@link settleTally} does as well. */
export function looksAtUpdates({ rootSet: _, ...others }: RobustSettings = {}): boolean {
  return Object.values(others).some((setting) => setting !== undefined);
}

/** The rest of {@link settleRound}, from the tally of the updates that count. */
export function settleTally(
  global: GlobalModel,
  { tally, verdicts }: RobustMean,
  { rule, context, robust = {} }: RoundRules,
  experience: Experience,
  evaluate: (model: GlobalModel) => number | null,
): SettledRound {
  const unchanged = {
    tally,
    step: new Uint8Array(0),
    model: standStill(global, context),
    verdicts,
  };
  // Nobody is left: a step of coins would be worse than none.
  if (tally.count === 0) {
    return { ...unchanged, accuracy: evaluate(unchanged.model), rolledBack: false };
  }
  const step = rule.apply(global, tally, context);
  const model = rule.advance(global, step, context);
  const accuracy = evaluate(model);
  if (doesHarm(accuracy, robust, experience)) {
    return { ...unchanged, accuracy: evaluate(unchanged.model), rolledBack: true };
  }
  return { tally, step, model, accuracy, verdicts, rolledBack: false };
}

export interface RoundRules {
  readonly rule: Rule;
  readonly context: RoundContext;
  readonly robust?: RobustSettings | undefined;
}

/** The next model by a step file's payload; an empty one changes nothing but the round. */
export function advanceModel(
  rule: Rule,
  global: GlobalModel,
  step: Uint8Array,
  context: RoundContext,
): GlobalModel {
  return step.length === 0 ? standStill(global, context) : rule.advance(global, step, context);
}

function standStill(global: GlobalModel, { round }: RoundContext): GlobalModel {
  return { ...global, round };
}

/** The tally of the updates that outlier screen and reputation leave. */
function screenedTally(
  updates: readonly RoundUpdate[],
  rule: Rule,
  context: RoundContext,
  robust: RobustSettings,
  scores: Scores,
): RobustMean {
  const why = leftOut(updates, rule, context, robust, scores);
  const counted = updates.filter(({ client }) => !why.has(client));
  const tally = rule.tally(
    counted.map(({ payload }) => payload),
    context,
  );
  const judged = robust.outliers !== undefined || robust.reputation !== undefined;
  return { tally, verdicts: judged ? judge(updates, why, tally) : null };
}

/** Why clients are left out, of those that are. */
function leftOut(
  updates: readonly RoundUpdate[],
  rule: Rule,
  context: RoundContext,
  { outliers: screen, reputation }: RobustSettings,
  scores: Scores,
): ReadonlyMap<string, Verdict> {
  const why = new Map<string, Verdict>();
  if (screen !== undefined) {
    const all = rule.tally(
      updates.map(({ payload }) => payload),
      context,
    );
    for (const client of outliers(updates.map(ballotOf), all.sums, screen.share)) {
      why.set(client, 'outlier');
    }
  }
  if (reputation !== undefined) {
    for (const { client } of updates) {
      const trusted = (scores.get(client) ?? 0) > reputation.lowest;
      if (!trusted && !why.has(client)) why.set(client, 'distrusted');
    }
  }
  return why;
}

/** Each update, compared with what the counted ones decided. */
function judge(
  updates: readonly RoundUpdate[],
  why: ReadonlyMap<string, Verdict>,
  tally: Tally,
): Verdicts {
  const counts = (client: string) => !why.has(client);
  const dissents = dissenters(updates.map(ballotOf), tally.sums, counts);
  const verdicts: Record<string, Verdict> = {};
  for (const update of updates) {
    const agrees = !dissents.has(update.client);
    const before = why.get(update.client);
    if (before === 'outlier') verdicts[update.client] = 'outlier';
    else if (before !== undefined) {
      verdicts[update.client] = agrees ? 'distrusted' : 'distrusted-dissent';
    } else verdicts[update.client] = agrees ? 'counted' : 'dissent';
  }
  return verdicts;
}

function ballotOf({ client, payload }: RoundUpdate): Ballot {
  return { client, votes: payload };
}

function doesHarm(
  accuracy: number | null,
  { rootSet }: RobustSettings,
  { accuracies }: Experience,
): boolean {
  if (rootSet === undefined || accuracy === null) return false;
  const recent = accuracies.slice(-rootSet.window);
  return recent.length > 0 && accuracy < Math.max(...recent) - rootSet.maxDrop;
}

/** How many updates were accepted and left out. */
export function screenedCount(verdicts: Verdicts | null): number {
  return verdicts === null
    ? 0
    : Object.values(verdicts).filter((verdict) => !isCounted(verdict)).length;
}
