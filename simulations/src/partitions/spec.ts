/** What a user writes after `--partition`, and what it means. */
import { FederationError } from '@fedhybnn/shared';

export type PartitionSpec =
  | { readonly kind: 'iid' | 'natural' }
  /** Concentration α > 0. */
  | { readonly kind: 'dirichlet'; readonly alpha: number }
  /** Labels a client, at least 1. */
  | { readonly kind: 'classes'; readonly labelsPerClient: number }
  /** Shards a client, at least 1. */
  | { readonly kind: 'shards'; readonly shardsPerClient: number }
  /** Standard deviation σ > 0 of the logarithm of the sizes. */
  | { readonly kind: 'quantity'; readonly sigma: number };

const FORMS =
  'iid, dirichlet:α with α > 0, such as dirichlet:0.3, classes:k or shards:k with a whole k > 0, such as classes:2, quantity:σ with 0 < σ ≤ 5, such as quantity:1, or natural';

/** Sizes e^(5z) already span ten orders of magnitude. */
const LARGEST_SIGMA = 5;

/**
 * Parses what a user writes, such as `iid`, `dirichlet:0.3` or `classes:2`.
 * @param option that it was written after, for the message
 * @throws FederationError `bad-request` naming the option and its forms
 */
export function parsePartition(text: string, option = '--partition'): PartitionSpec {
  const [kind, value, ...rest] = text.split(':');
  const spec = rest.length > 0 ? undefined : specOf(kind, value);
  if (spec !== undefined) return spec;
  throw new FederationError('bad-request', `${option} ${text}: must be ${FORMS}`);
}

function specOf(kind: string, value: string | undefined): PartitionSpec | undefined {
  if (kind === 'iid' || kind === 'natural') return value === undefined ? { kind } : undefined;
  const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  if (!(number > 0 && Number.isFinite(number))) return undefined;
  const whole = Number.isSafeInteger(number);
  if (kind === 'dirichlet') return { kind, alpha: number };
  if (kind === 'quantity' && number <= LARGEST_SIGMA) return { kind, sigma: number };
  if (kind === 'classes' && whole) return { kind, labelsPerClient: number };
  if (kind === 'shards' && whole) return { kind, shardsPerClient: number };
  return undefined;
}

/** As a user writes it. */
export function shownPartition(spec: PartitionSpec): string {
  switch (spec.kind) {
    case 'iid':
    case 'natural':
      return spec.kind;
    case 'dirichlet':
      return `dirichlet:${spec.alpha}`;
    case 'classes':
      return `classes:${spec.labelsPerClient}`;
    case 'shards':
      return `shards:${spec.shardsPerClient}`;
    case 'quantity':
      return `quantity:${spec.sigma}`;
  }
}

/** Whether it deals by the one label of a sample. */
export function dealsByLabel({ kind }: PartitionSpec): boolean {
  return kind === 'dirichlet' || kind === 'classes' || kind === 'shards';
}
