/** How uneven a partition is, in figures. */
import type { Partition } from './dealt.js';

/** Samples of each label at some clients. */
export interface LabelCounts {
  /** Which clients, ascending. */
  readonly clients: readonly number[];
  /** How many clients there are. */
  readonly of: number;
  readonly labels: number;
  /** [client][label]. */
  readonly counts: Uint32Array;
  /** Samples of each client, however many labels they have. */
  readonly sizes: Uint32Array;
}

export interface CountOptions {
  readonly partition: Partition;
  /** The labels of a sample: one, or several. */
  readonly labelsOf: (row: number) => Iterable<number>;
  readonly labels: number;
  /** Of a partition that drifts. */
  readonly round?: number | undefined;
  /** Of more clients, so many evenly spaced ones are counted. */
  readonly most: number;
}

export function countLabels({
  partition,
  labelsOf,
  labels,
  round,
  most,
}: CountOptions): LabelCounts {
  const of = partition.clients;
  const shown = Math.min(of, most);
  const clients = Array.from({ length: shown }, (_, i) => Math.floor((i * of) / shown));
  const counts = new Uint32Array(shown * labels);
  const sizes = new Uint32Array(shown);
  clients.forEach((client, i) => {
    const rows = partition.rows(client, round);
    sizes[i] = rows.length;
    for (const row of rows) for (const label of labelsOf(row)) counts[i * labels + label]++;
  });
  return { clients, of, labels, counts, sizes };
}

export interface PartitionStatistics {
  readonly clients: number;
  /** The figures are of so many of them, evenly spaced. */
  readonly counted: number;
  /** Samples that these hold. */
  readonly samples: number;
  readonly smallest: number;
  readonly median: number;
  readonly largest: number;
  /** Labels of which a client has a sample, on average. */
  readonly labelsPerClient: number;
  /**
   * Total variation distance of a client's label distribution from that of all, ½ Σ |p_c − p|, on
   * average: 0 where all are alike, 1 − 1/K at most with K labels equally often.
   */
  readonly labelSkew: number;
}

export function partitionStatistics(counted: LabelCounts): PartitionStatistics {
  const { clients, of, labels, counts, sizes } = counted;
  const all = new Float64Array(labels);
  counts.forEach((count, i) => {
    all[i % labels] += count;
  });
  const total = all.reduce((sum, count) => sum + count, 0);
  let held = 0;
  let skew = 0;
  for (let c = 0; c < clients.length; c++) {
    const own = counts.subarray(c * labels, (c + 1) * labels);
    const sum = own.reduce((a, b) => a + b, 0);
    held += own.reduce((a, count) => a + (count > 0 ? 1 : 0), 0);
    // A client without any label (multi-label samples may have none) is unlike nobody.
    if (sum === 0) continue;
    skew += own.reduce((a, n, k) => a + Math.abs(n / sum - all[k] / total), 0) / 2;
  }
  const ordered = sizes.slice().sort();
  return {
    clients: of,
    counted: clients.length,
    samples: sizes.reduce((a, b) => a + b, 0),
    smallest: ordered[0],
    median: ordered[(ordered.length - 1) >> 1],
    largest: ordered[ordered.length - 1],
    labelsPerClient: Number((held / clients.length).toFixed(2)),
    labelSkew: Number((skew / clients.length).toFixed(3)),
  };
}
