/** Whether a task can have the defenses that it asks for. */
import { FederationError } from '../protocol/errors.js';
import { ruleFor } from '../rules/registry.js';
import type { Task } from '../task/task.js';

/** @throws FederationError `bad-request` where a task asks for a defense that its rule cannot give */
export function checkRobust(task: Task): void {
  const { robust, rule } = task.federation;
  const { votes, averages } = ruleFor(rule);
  const refuse = (why: string) => {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "federation.robust": ${why}, or leave them out`,
    );
  };
  const needsVotes = robust?.outliers !== undefined || robust?.reputation !== undefined;
  if (needsVotes && votes === undefined) {
    refuse(
      `outliers and reputation compare votes of one bit, and ${rule.kind} has none; take sign-vote or block-vote`,
    );
  }
  const needsMean = robust?.normCap !== undefined || robust?.aggregator !== undefined;
  if (needsMean && averages === undefined) {
    refuse(
      `normCap and aggregator replace a mean of real numbers, and ${rule.kind} takes none (a majority of votes is their median already); take fedavg, fedavg-fp32 or eden`,
    );
  }
}
