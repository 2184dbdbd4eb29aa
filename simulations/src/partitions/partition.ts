/** How a simulation deals a data set to virtual clients. */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import { dirichletPartition } from './dirichlet.js';
import { iidPartition } from './iid.js';

/** The rows of the data set that each client holds; every client holds at least one. */
export type Partition = readonly Uint32Array[];

export interface PartitionSpec {
  readonly kind: 'iid' | 'dirichlet';
  /** Concentration α > 0 of `dirichlet`. */
  readonly alpha?: number;
}

const FORMS = 'iid or dirichlet:α with α > 0, such as dirichlet:0.3';

/**
 * Parses what a user writes, such as `iid` or `dirichlet:0.3`.
 * @throws FederationError `bad-request` naming the option and its forms
 */
export function parsePartition(text: string): PartitionSpec {
  const [kind, value, ...rest] = text.split(':');
  if (kind === 'iid' && value === undefined) return { kind };
  if (kind === 'dirichlet' && value !== undefined && rest.length === 0) {
    const alpha = Number(value);
    if (alpha > 0 && Number.isFinite(alpha)) return { kind, alpha };
  }
  throw new FederationError('bad-request', `--partition ${text}: must be ${FORMS}`);
}

/**
 * Deals samples to clients.
 * @param labels one label a sample
 * @param seed the run's seed; the same seed deals alike
 * @throws FederationError `bad-request` if there are more clients than samples
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
  return spec.kind === 'iid'
    ? iidPartition(labels.length, clients, random)
    : dirichletPartition(labels, clients, spec.alpha ?? 1, random);
}
