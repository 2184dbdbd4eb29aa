/** The facts of a round, from the task alone. */
import type { Task } from '../task/task.js';
import type { RoundContext } from './rule.js';
import { roundSeed } from './seeds.js';

/** What both ends know about a round of a task. */
export function roundContext(task: Task, round: number, parameters: number): RoundContext {
  return {
    round,
    rounds: task.federation.rounds,
    parameters,
    seed: roundSeed(task, round),
    federationSeed: task.federation.seed,
  };
}
