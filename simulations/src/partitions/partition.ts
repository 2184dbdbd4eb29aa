/** How a simulation deals a data set to virtual clients. */
import { deriveSeed, FederationError, Random, type Seed } from '@fedhybnn/shared';
import { classesPartition } from './classes.js';
import type { Partition } from './dealt.js';
import { dirichletPartition } from './dirichlet.js';
import { iidPartition } from './iid.js';
import { naturalPartition } from './natural.js';
import { quantityPartition } from './quantity.js';
import { shardsPartition } from './shards.js';
import type { PartitionSpec } from './spec.js';

/** What the samples of a data set are dealt by. */
export interface DealtSamples {
  /** One label a sample. */
  readonly labels: Int32Array;
  /** Whose each sample is, a number from 0, where the data say so. */
  readonly owners?: Int32Array | undefined;
}

/**
 * Deals samples to clients: every sample to one client, except that `natural` may leave some out.
 * @param seed the same seed deals alike
 * @throws FederationError `bad-request` if there are more clients than samples, or samples that the
 * partition cannot deal
 */
export function partition(
  spec: PartitionSpec,
  samples: DealtSamples | Int32Array,
  clients: number,
  seed: number | Seed,
): Partition {
  const { labels, owners }: DealtSamples = 'labels' in samples ? samples : { labels: samples };
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
      return dirichletPartition(labels, clients, spec.alpha, random);
    case 'classes':
      return classesPartition(labels, clients, spec.labelsPerClient, random);
    case 'shards':
      return shardsPartition(labels, clients, spec.shardsPerClient, random);
    case 'quantity':
      return quantityPartition(labels.length, clients, spec.sigma, random);
    case 'natural':
      return naturalPartition(owners, clients, random);
  }
}
