/** Where each part of a round takes its randomness from. */
import { deriveSeed, type Seed } from '../random/seed.js';
import type { Task } from '../task/task.js';

/** The public seed of a round: the same at the coordinator and at all clients. */
export function roundSeed(task: Task, round: number): Seed {
  return deriveSeed(task.federation.seed, 'round', round);
}

/** The seed of one client's local training and coins in a round. */
export function clientSeed(seed: Seed, client: string): Seed {
  return deriveSeed(seed, 'client', client);
}
