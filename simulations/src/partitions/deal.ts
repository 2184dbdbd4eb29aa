/** From the options of a run to who holds which training samples, in which round. */
import type { Dataset } from '@fedhybnn/client/node';
import { deriveSeed, FederationError } from '@fedhybnn/shared';
import { BootstrapPartition } from './bootstrap.js';
import type { Partition } from './dealt.js';
import { DriftingPartition } from './drift.js';
import type { PartitionOptions } from './options.js';
import { type DealtSamples, partition } from './partition.js';
import { dealsByLabel, type PartitionSpec } from './spec.js';

export interface DealOptions extends PartitionOptions {
  readonly clients: number;
  /** Of the run: how long a drift takes. */
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Deals the first `count` samples of a data set.
 * @param count samples that train; the others are held out
 * @throws FederationError `bad-request` naming the option that does not fit the data or another
 * option
 */
export function dealDataset(dataset: Dataset, count: number, options: DealOptions): Partition {
  const { partition: spec, drift, clients, seed, rounds } = options;
  checkTogether(options, count);
  const bootstrap = bootstrapped(dataset, count, options);
  if (bootstrap !== undefined) return bootstrap;
  const start = partition(spec, samplesToDeal(dataset, count, spec), clients, seed);
  if (drift === undefined) return start;
  const end = partition(
    drift,
    samplesToDeal(dataset, count, drift),
    clients,
    deriveSeed(seed, 'drift-end'),
  );
  const { driftPeriod, driftSpan = { from: 0, to: 1 } } = options;
  const time = driftPeriod === undefined ? driftSpan : { period: driftPeriod };
  return new DriftingPartition({ start, end, time, rounds, samples: count, seed });
}

/** Where clients outnumber samples, each draws a few of them. */
const FEW = 20;

/** Bootstrap samples, where they are asked for or needed. */
function bootstrapped(
  dataset: Dataset,
  count: number,
  { partition: spec, samplesPerClient, clients, seed, drift, featureSkew }: DealOptions,
): Partition | undefined {
  const perClient = samplesPerClient ?? (clients > count ? FEW : undefined);
  if (perClient === undefined) return undefined;
  const bootstrap = { clients, samplesPerClient: perClient, samples: count, seed };
  const why = `${clients} clients draw ${perClient} samples each with replacement`;
  if (drift !== undefined || featureSkew !== undefined) {
    throw refusal(`--samples-per-client: ${why}; leave out --drift and --feature-skew`);
  }
  if (spec.kind === 'iid') return new BootstrapPartition(bootstrap);
  if (spec.kind === 'dirichlet') {
    const { labels } = samplesToDeal(dataset, count, spec);
    return new BootstrapPartition({ ...bootstrap, skew: { labels, alpha: spec.alpha } });
  }
  throw refusal(`--partition ${spec.kind}: ${why}; take iid or dirichlet:α`);
}

function checkTogether(options: DealOptions, count: number): void {
  const { drift, driftSpan, driftPeriod, featureSkew, clients } = options;
  if (drift === undefined && (driftSpan !== undefined || driftPeriod !== undefined)) {
    throw refusal('--drift-span and --drift-period say when a drift happens; add --drift');
  }
  if (driftSpan !== undefined && driftPeriod !== undefined) {
    throw refusal('--drift-span and --drift-period: take one of them');
  }
  if (featureSkew === undefined) return;
  if (drift !== undefined) {
    throw refusal('--feature-skew: a picture belongs to one client for good; leave out --drift');
  }
  if (clients > count) {
    throw refusal(
      `--feature-skew: a picture must belong to one client, but ${clients} clients share ${count}; take fewer clients`,
    );
  }
}

/** What a partition deals by. */
function samplesToDeal(dataset: Dataset, count: number, spec: PartitionSpec): DealtSamples {
  const owners = dataset.owners?.subarray(0, count);
  if ('labels' in dataset) return { labels: dataset.labels.subarray(0, count), owners };
  if (!dealsByLabel(spec)) return { labels: new Int32Array(count), owners };
  throw refusal(
    `--partition ${spec.kind}: deals by the one label of a sample, but these have several; take iid, quantity or natural`,
  );
}

function refusal(message: string): FederationError {
  return new FederationError('bad-request', message);
}
