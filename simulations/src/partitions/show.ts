/** What a partition looks like: figures, a picture of who holds what, and of what clients see. */
import type { Dataset, ImageDataset } from '@fedhybnn/client/node';
import { type Tile, type TileSheet, tileSheet } from '../pretrain/tile-sheet.js';
import type { DealOptions } from './deal.js';
import type { Partition } from './dealt.js';
import { shownFeatureSkew, skewOf } from './feature-skew/index.js';
import { MOST_COLUMNS, partitionPicture } from './picture.js';
import { shownPartition } from './spec.js';
import { countLabels, type PartitionStatistics, partitionStatistics } from './statistics.js';

/** Clients whose figures are taken, at most. */
const MOST_COUNTED = 10_000;
/** Clients and pictures of each on a sheet. */
const [SHEET_CLIENTS, SHEET_PICTURES] = [8, 12];

/** Of one round, or of the first. */
export function statisticsOf(
  dealt: Partition,
  dataset: Dataset,
  round?: number,
): PartitionStatistics {
  const labels = dataset.classes.length;
  const most = MOST_COUNTED;
  return partitionStatistics(
    countLabels({ partition: dealt, labelsOf: labelsOf(dataset), labels, round, most }),
  );
}

/** Clients × labels as an SVG document; of a drift, the start, the middle and the end. */
export function pictureOf(dealt: Partition, dataset: Dataset, options: DealOptions): string {
  const { drift, rounds } = options;
  const count = (round?: number) =>
    countLabels({
      ...{ partition: dealt, labelsOf: labelsOf(dataset), round, most: MOST_COLUMNS },
      labels: dataset.classes.length,
    });
  const moments = drift === undefined ? [] : momentsOf(options);
  return partitionPicture({
    title: titleOf(options, dataset.name.replace(/-train$/, '')),
    labels: dataset.classes,
    panels:
      moments.length === 0
        ? [{ heading: '', counts: count() }]
        : moments.map((round) => ({
            heading: `round ${round} of ${rounds}`,
            counts: count(round),
          })),
  });
}

/** Rounds that show a drift: the first, where it is half done, and where it is done. */
function momentsOf({ rounds, driftPeriod }: DealOptions): number[] {
  const last = driftPeriod === undefined ? rounds : Math.min(rounds, 1 + (driftPeriod >> 1));
  return [...new Set([1, (1 + last) >> 1, last])];
}

function titleOf({ partition, drift, featureSkew, clients }: DealOptions, name: string): string {
  const moved = drift === undefined ? '' : ` → ${shownPartition(drift)}`;
  const skewed = featureSkew === undefined ? '' : `, ${shownFeatureSkew(featureSkew)}`;
  return `${name} by ${shownPartition(partition)}${moved}${skewed}, ${clients} clients`;
}

/** The labels of a sample, by its row. */
function labelsOf(dataset: Dataset): (row: number) => Iterable<number> {
  if ('labels' in dataset) {
    const { labels } = dataset;
    return (row) => [labels[row]];
  }
  const { targets } = dataset;
  return (row) => dataset.classes.flatMap((_, k) => (targets.get(row, k) ? [k] : []));
}

/**
 * What the first clients see, as an SVG document.
 * @param skewed the data set as its clients see it
 */
export function skewPicture(dealt: Partition, skewed: ImageDataset, options: DealOptions): string {
  const { featureSkew, clients, seed } = options;
  const { width, height, channels, pixels } = skewed.images;
  const size = width * height * channels;
  const rows = Array.from({ length: Math.min(clients, SHEET_CLIENTS) }, (_, client) => {
    const tiles = [...dealt.rows(client).subarray(0, SHEET_PICTURES)].map((row): Tile => {
      const values = Float32Array.from(
        pixels.subarray(row * size, (row + 1) * size),
        (p) => p / 255,
      );
      return { width, height, channels, values, kind: 'image' };
    });
    const { angle, contrast, noise } = featureSkew
      ? skewOf(featureSkew, client, seed)
      : { angle: 0, contrast: 1, noise: 0 };
    const label = `client ${client}: ${angle.toFixed(0)}°, contrast × ${contrast.toFixed(2)}, noise ${noise.toFixed(2)}`;
    return { label, tiles };
  });
  const sheet: TileSheet = {
    title: `What clients see: ${featureSkew ? shownFeatureSkew(featureSkew) : 'no skew'}`,
    rows,
  };
  return tileSheet(sheet);
}
