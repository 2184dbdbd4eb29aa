/** From the options of a run to the behavior of its clients, and who keeps accounts of it. */
import { parameterCount, type Task } from '@fedhybnn/shared';
import type { BufferedSettings } from '../engine/buffered/federation.js';
import type { Simulation } from '../engine/simulation.js';
import type { Partition } from '../partitions/index.js';
import { createBehavior, isPrompt } from './behavior.js';
import type { BehaviorOptions } from './options.js';
import { MeteredDevices } from './usage.js';

/** Undefined where rounds are synchronous. */
export function bufferedSettings({
  aggregation,
  cohort,
}: Pick<BehaviorOptions, 'aggregation'> & { readonly cohort: number }):
  | BufferedSettings
  | undefined {
  return aggregation && { buffer: aggregation.buffer, concurrency: cohort };
}

/** Nothing where every client is always there and answers at once. */
export function behaviorOf(
  options: BehaviorOptions & { readonly seed: number },
  task: Task,
  partition: Partition,
): Pick<Simulation, 'behavior' | 'observers'> {
  if (isPrompt(options)) return {};
  const { devices, availability, dropout, stragglers, seed } = options;
  const behavior = createBehavior({
    ...{ devices, availability, dropout, stragglers, seed },
    clients: partition.clients,
    samples: (client, round) => partition.rows(client, round).length,
    parameters: parameterCount(task),
    epochs: task.training.epochs,
  });
  if (devices === undefined) return { behavior };
  const metered = new MeteredDevices(behavior, devices, seed);
  return { behavior: metered, observers: [metered] };
}
