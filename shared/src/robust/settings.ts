/** Whether a task can have the defenses that it asks for. */
import { FederationError } from '../protocol/errors.js';
import { ruleFor } from '../rules/registry.js';
import type { Task } from '../task/task.js';

/** @throws FederationError `bad-request` where a task asks for a defense that its rule cannot give */
export function checkRobust(task: Task): void {
  const { robust, rule } = task.federation;
  const needsVotes = robust?.outliers !== undefined || robust?.reputation !== undefined;
  if (!needsVotes || ruleFor(rule).votes !== undefined) return;
  throw new FederationError(
    'bad-request',
    `task ${task.id}: field "federation.robust": outliers and reputation compare votes of one bit, and ${rule.kind} has none; take sign-vote or block-vote, or leave them out`,
  );
}
