/**
 * Yeast (Elisseeff & Weston, NIPS 2001): 2,417 genes, 103 numeric features, 14 functional groups of
 * which a gene has any number. The file is that of the R package mlr (`yeast.task`) as CSV: columns
 * `label1` … `label14` (TRUE or FALSE), `x1` … `x103`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { loadCsv } from './csv.js';
import type { TableDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';

const LABELS = Array.from({ length: 14 }, (_, i) => `label${i + 1}`);

/**
 * @param folder of `yeast.csv` or `yeast.csv.gz`. Without it: `yeast` in {@link datasetsFolder}
 * @throws FederationError `dataset-missing` if neither is there, otherwise as {@link loadCsv}
 */
export async function loadYeast(folder = join(datasetsFolder(), 'yeast')): Promise<TableDataset> {
  const file = ['yeast.csv', 'yeast.csv.gz'].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) {
    throw new FederationError(
      'dataset-missing',
      `data set yeast: ${folder} holds neither yeast.csv nor yeast.csv.gz; write it from the R package mlr (write.csv(getTaskData(yeast.task), "yeast.csv", row.names = FALSE)) and name its folder with --data-folder`,
    );
  }
  return loadCsv({ file, labels: LABELS });
}
