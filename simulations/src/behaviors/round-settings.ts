/** From the options of a run to what the round machine does about slow and absent clients. */
import { FederationError, type FederationSettings } from '@fedhybnn/shared';
import type { BehaviorOptions } from './options.js';

const DAY_MS = 86_400_000;

type Options = Pick<
  BehaviorOptions,
  'availability' | 'dropout' | 'deadline' | 'minimum' | 'overSelect'
> & {
  readonly clients: number;
  readonly cohort: number;
};

/**
 * The part of a task's federation settings that says whom a round waits for, and how long.
 * @throws FederationError `bad-request` if fewer clients than the minimum are chosen
 */
export function roundSettings({
  clients,
  cohort,
  availability,
  dropout,
  deadline,
  minimum,
  overSelect,
}: Options): Pick<
  FederationSettings,
  'goal' | 'minimum' | 'overSelect' | 'ready' | 'gatherMs' | 'deadlineMs'
> {
  if (minimum !== undefined && minimum > cohort) {
    throw new FederationError(
      'bad-request',
      `--minimum ${minimum}: must be at most --cohort (${cohort})`,
    );
  }
  const steady = availability === 'always' && dropout === 0;
  const usual = deadline === undefined ? cohort : Math.ceil(cohort / 2);
  return {
    goal: cohort,
    minimum: minimum ?? usual,
    overSelect,
    // Where all are always there, they are so before the first cohort is drawn: cohorts are then the
    // same over sockets, whatever the order in which clients connect.
    ready: steady ? clients : Math.min(clients, Math.ceil(cohort * overSelect)),
    gatherMs: DAY_MS,
    deadlineMs: deadline === undefined ? DAY_MS : Math.max(100, Math.round(1000 * deadline)),
  };
}
