/** Labeled samples in memory: images, or rows of a table. */
import { createHash } from 'node:crypto';
import {
  BitMatrix,
  FederationError,
  type ImageBatch,
  type LabeledBits,
  type Table,
  takeImages,
  takeTableRows,
} from '@fedhybnn/shared';

export type DatasetSplit = 'train' | 'test';

export interface ImageDataset {
  /** Such as `mnist-train`. */
  readonly name: string;
  readonly images: ImageBatch;
  /** One label an image, an index into `classes`. */
  readonly labels: Int32Array;
  /** Whose each sample is, a number from 0 for each writer, device or place; where the data say so. */
  readonly owners?: Int32Array | undefined;
  readonly classes: readonly string[];
  /** Identity of images and labels in their order, lower-case hexadecimal: the key of caches. */
  readonly sha256: string;
}

/** Rows of a table, with one label each or, multi-label, a bit for each label. */
export type TableDataset = Omit<ImageDataset, 'images' | 'labels'> & {
  readonly table: Table;
} & ({ readonly labels: Int32Array } | { readonly targets: BitMatrix });

export type Dataset = ImageDataset | TableDataset;

/** What an extractor takes of a data set. */
export function samplesOf(dataset: Dataset): ImageBatch | Table {
  return 'table' in dataset ? dataset.table : dataset.images;
}

/**
 * A data set's latent bits with what is true of its samples.
 * @param bits [samples][L], of all samples
 */
export function labelBits(dataset: Dataset, bits: BitMatrix): LabeledBits {
  return 'targets' in dataset
    ? { bits, targets: dataset.targets }
    : { bits, labels: dataset.labels };
}

/**
 * @throws FederationError `bad-request` naming the data set, unless it is one of images
 */
export function requireImages(dataset: Dataset): ImageDataset {
  if (!('table' in dataset)) return dataset;
  throw new FederationError(
    'bad-request',
    `data set ${dataset.name}: holds a table, but images are needed; name a data set of images`,
  );
}

/**
 * @throws FederationError `bad-request` naming the data set, unless it is a table
 */
export function requireTable(dataset: Dataset): TableDataset {
  if ('table' in dataset) return dataset;
  throw new FederationError(
    'bad-request',
    `data set ${dataset.name}: holds images, but a table is needed; name a CSV file`,
  );
}

/**
 * The samples at `indices`, in that order, copied. Its identity follows from the whole's identity
 * and the indices, so nothing is hashed again.
 */
export function takeSamples(dataset: ImageDataset, indices: Uint32Array): ImageDataset {
  const { images, labels } = dataset;
  return {
    ...dataset,
    images: takeImages(images, indices),
    labels: takeLabels(labels, indices),
    owners: dataset.owners && takeLabels(dataset.owners, indices),
    sha256: identityOf(dataset, indices),
  };
}

/** As {@link takeSamples}, of a table. */
export function takeRows(dataset: TableDataset, indices: Uint32Array): TableDataset {
  const table = takeTableRows(dataset.table, indices);
  const owners = dataset.owners && takeLabels(dataset.owners, indices);
  const sha256 = identityOf(dataset, indices);
  if ('labels' in dataset) {
    return { ...dataset, table, labels: takeLabels(dataset.labels, indices), owners, sha256 };
  }
  const targets = BitMatrix.create(indices.length, dataset.targets.cols);
  indices.forEach((sample, i) => {
    targets.row(i).set(dataset.targets.row(sample));
  });
  return { ...dataset, table, targets, owners, sha256 };
}

function takeLabels(labels: Int32Array, indices: Uint32Array): Int32Array {
  return Int32Array.from(indices, (sample) => labels[sample]);
}

function identityOf(dataset: Dataset, indices: Uint32Array): string {
  const identity = createHash('sha256').update(dataset.sha256).update(littleEndian(indices));
  return identity.digest('hex');
}

function littleEndian(indices: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * indices.length);
  const view = new DataView(bytes.buffer);
  indices.forEach((index, i) => {
    view.setUint32(4 * i, index, true);
  });
  return bytes;
}
