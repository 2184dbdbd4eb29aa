/** How a simulation deals a data set to virtual clients. */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import { classesPartition } from './classes.js';
import type { Partition } from './dealt.js';
import { dirichletPartition } from './dirichlet.js';
import { iidPartition } from './iid.js';

export interface PartitionSpec {
  readonly kind: 'iid' | 'dirichlet' | 'classes';
  /** Concentration α > 0 of `dirichlet`. */
  readonly alpha?: number;
  /** Labels that a client of `classes` holds, at least 1. */
  readonly labelsPerClient?: number;
}

const FORMS =
  'iid, dirichlet:α with α > 0, such as dirichlet:0.3, or classes:k with a whole k > 0, such as classes:2';

/**
 * Parses what a user writes, such as `iid`, `dirichlet:0.3` or `classes:2`.
 * @throws FederationError `bad-request` naming the option and its forms
 */
export function parsePartition(text: string): PartitionSpec {
  const [kind, value, ...rest] = text.split(':');
  if (kind === 'iid' && value === undefined) return { kind };
  if (kind === 'dirichlet' && value !== undefined && rest.length === 0) {
    const alpha = Number(value);
    if (alpha > 0 && Number.isFinite(alpha)) return { kind, alpha };
  }
  if (kind === 'classes' && value !== undefined && rest.length === 0) {
    const labelsPerClient = Number(value);
    if (Number.isSafeInteger(labelsPerClient) && labelsPerClient > 0) {
      return { kind, labelsPerClient };
    }
  }
  throw new FederationError('bad-request', `--partition ${text}: must be ${FORMS}`);
}

/** As a user writes it. */
export function shownPartition({ kind, alpha, labelsPerClient }: PartitionSpec): string {
  const value = alpha ?? labelsPerClient;
  return value === undefined ? kind : `${kind}:${value}`;
}

/**
 * Deals samples to clients.
 * @param labels one label a sample
 * @param seed the run's seed; the same seed deals alike
 * @throws FederationError `bad-request` if there are more clients than samples, or labels that
 * `classes` cannot deal
 */
export function partition(
  spec: PartitionSpec,
  labels: Int32Array,
  clients: number,
  seed: number,
): Partition {
  if (clients > labels.length) {
    throw new FederationError(
      'bad-request',
      `--clients ${clients}: the data set has only ${labels.length} samples; use at most as many clients`,
    );
  }
  const random = new Random(deriveSeed(seed, 'partition', spec.kind));
  switch (spec.kind) {
    case 'iid':
      return iidPartition(labels.length, clients, random);
    case 'dirichlet':
      return dirichletPartition(labels, clients, spec.alpha ?? 1, random);
    case 'classes':
      return classesPartition(labels, clients, spec.labelsPerClient ?? 1, random);
  }
}
