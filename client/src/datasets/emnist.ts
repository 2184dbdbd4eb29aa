/**
 * EMNIST (Cohen, Afshar, Tapson & van Schaik, arXiv 1702.05373): handwritten letters and digits in
 * IDX files, 28×28 gray pixels. The published images are stored column by column; here they stand
 * upright.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FederationError, type ImageBatch } from '@fedhybnn/shared';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';
import { parseIdxImages, parseIdxLabels } from './idx.js';
import { readDataFile } from './read-file.js';

/** Which characters: the 26 letters, case merged; 47 balanced classes; the ten digits. */
export type EmnistVariant = 'letters' | 'balanced' | 'digits';

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const VARIANTS: Record<EmnistVariant, { readonly classes: string; readonly firstLabel: number }> = {
  // The labels of the letters start at 1.
  letters: { classes: CAPITALS, firstLabel: 1 },
  // Small letters that look like capitals are merged with them: eleven are left.
  balanced: { classes: `${DIGITS}${CAPITALS}abdefghnqrt`, firstLabel: 0 },
  digits: { classes: DIGITS, firstLabel: 0 },
};

export interface EmnistOptions {
  readonly variant: EmnistVariant;
  readonly split: DatasetSplit;
  /** Folder of the IDX files, plain or packed by gzip. Without it: `emnist` in {@link datasetsFolder}. */
  readonly folder?: string | undefined;
}

/** @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` naming the field */
export async function loadEmnist(options: EmnistOptions): Promise<ImageDataset> {
  const { variant, split } = options;
  const folder = options.folder ?? join(datasetsFolder(), 'emnist');
  const what = `data set emnist-${variant}`;
  const remedy = `put the files of gzip.zip (www.nist.gov/itl/products-and-services/emnist-dataset) into ${folder}`;
  const imagesFile = `emnist-${variant}-${split}-images-idx3-ubyte`;
  const labelsFile = `emnist-${variant}-${split}-labels-idx1-ubyte`;
  const [imageBytes, labelBytes] = await Promise.all([
    readDataFile(folder, imagesFile, what, remedy),
    readDataFile(folder, labelsFile, what, remedy),
  ]);
  const images = upright(parseIdxImages(imageBytes, imagesFile));
  const labels = parseIdxLabels(labelBytes, labelsFile);
  const classes = [...VARIANTS[variant].classes];
  if (labels.length !== images.count) {
    throw corrupt(join(folder, labelsFile), `${labels.length} labels for ${images.count} images`);
  }
  const { firstLabel } = VARIANTS[variant];
  labels.forEach((label, i) => {
    labels[i] = label - firstLabel;
    if (labels[i] < 0 || labels[i] >= classes.length) {
      const last = firstLabel + classes.length - 1;
      throw corrupt(
        join(folder, labelsFile),
        `label ${i} is ${label}, outside ${firstLabel}…${last}`,
      );
    }
  });
  const sha256 = createHash('sha256').update(imageBytes).update(labelBytes).digest('hex');
  return { name: `emnist-${variant}-${split}`, images, labels, classes, sha256 };
}

/** Rows become columns. */
function upright({ count, width, height, pixels }: ImageBatch): ImageBatch {
  const turned = new Uint8Array(pixels.length);
  const size = width * height;
  for (let first = 0; first < pixels.length; first += size) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        turned[first + column * height + row] = pixels[first + row * width + column];
      }
    }
  }
  return { count, width: height, height: width, channels: 1, pixels: turned };
}

function corrupt(path: string, what: string): FederationError {
  return new FederationError('file-corrupt', `${path}: ${what}; get the file again`);
}
