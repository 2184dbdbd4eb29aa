/** What a user writes after `--dataset`, and the data behind it. */
import { basename } from 'node:path';
import {
  DATASET_NAMES,
  type Dataset,
  type DatasetSplit,
  isDatasetName,
  loadCsv,
  loadImageFolder,
  loadNamedDataset,
  loadYeast,
  nameOfPath,
  splitDataset,
} from '@fedhybnn/client/node';
import { FederationError } from '@fedhybnn/shared';

/** Which data, and how they are read. */
export interface DatasetSource {
  /** A name, `folder:DIR` or `csv:FILE`. */
  readonly dataset: string;
  /** Folder of a named data set's files; default: its own. */
  readonly dataFolder?: string;
  /** Label columns of a CSV file, by name or number from 1; several make it multi-label. */
  readonly label?: readonly string[];
  /** Columns of a CSV file that are not features. */
  readonly ignore?: readonly string[];
  /** Column of a CSV file that says whose a sample is. */
  readonly naturalColumn?: string;
  /** Side in pixels to which the pictures of a folder are scaled. */
  readonly imageSize: number;
  readonly color: 'gray' | 'rgb';
  /** Splits data that come as a whole into training and test part. */
  readonly splitSeed: number;
}

/** Complete by its type: what is missing here does not compile. */
const FIELDS: Readonly<Record<keyof DatasetSource, true>> = {
  ...{ dataset: true, dataFolder: true, label: true, ignore: true, naturalColumn: true },
  ...{ imageSize: true, color: true, splitSeed: true },
};

/** The same text for the same data, as long as the files stay as they are. */
export function sourceKey(source: DatasetSource): string {
  return JSON.stringify(
    Object.entries(source)
      .filter(([name]) => name in FIELDS)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const FORMS = `${DATASET_NAMES.join(', ')}, yeast, folder:DIR or csv:FILE`;
const FORM = /^(folder|csv):(.+)$/;

/** @throws FederationError `bad-request` naming the forms */
export function checkDatasetName(text: string): string {
  if (isDatasetName(text) || text === 'yeast' || FORM.test(text)) return text;
  throw new FederationError('bad-request', `--dataset ${text}: must be ${FORMS}`);
}

/**
 * One split. Yeast, a CSV file and a folder come as a whole: 70 % of their samples, drawn by the split seed,
 * are for training.
 * @throws FederationError naming the option or the file, and the remedy
 */
export async function loadDataset(source: DatasetSource, split: DatasetSplit): Promise<Dataset> {
  const { dataset, dataFolder, splitSeed } = source;
  if (isDatasetName(dataset)) return loadNamedDataset(dataset, split, dataFolder);
  return splitDataset(await loadWhole(source), split, splitSeed);
}

/** Both splits; what comes as a whole is read once. */
export async function loadBothSplits(
  source: DatasetSource,
): Promise<Readonly<Record<DatasetSplit, Dataset>>> {
  const { dataset, dataFolder, splitSeed } = source;
  if (isDatasetName(dataset)) {
    const train = await loadNamedDataset(dataset, 'train', dataFolder);
    return { train, test: await loadNamedDataset(dataset, 'test', dataFolder) };
  }
  const whole = await loadWhole(source);
  return {
    train: splitDataset(whole, 'train', splitSeed),
    test: splitDataset(whole, 'test', splitSeed),
  };
}

/** What a data set is called in the name of a file. */
export function nameOfDataset(dataset: string): string {
  return nameOfPath(dataset.replace(/^(folder|csv):/, ''));
}

/** What was written after `--dataset`, without the folders of the user's machine: files are shared. */
export function shownDataset(dataset: string): string {
  const [, form, path] = FORM.exec(dataset) ?? [];
  return path === undefined ? dataset : `${form}:${basename(path)}`;
}

function loadWhole(source: DatasetSource): Promise<Dataset> {
  const { dataset, dataFolder, label, ignore, naturalColumn, imageSize, color } = source;
  if (dataset === 'yeast') return loadYeast(dataFolder);
  const [, form, path] = FORM.exec(checkDatasetName(dataset)) ?? [];
  if (form === 'folder') {
    return loadImageFolder({ folder: path, side: imageSize, channels: color === 'gray' ? 1 : 3 });
  }
  if (label === undefined) {
    throw new FederationError(
      'bad-request',
      `--dataset ${dataset}: which column is the label? Add --label COLUMN, by name or number`,
    );
  }
  return loadCsv({ file: path, labels: label, ignored: ignore, owner: naturalColumn });
}
