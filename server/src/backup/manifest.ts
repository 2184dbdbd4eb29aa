/** The list of a backup: written last, so whatever has one is whole. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupManifest,
  backupManifestSchema,
  FederationError,
  parseJson,
} from '@fedhybnn/shared';
import { writeDurably } from './durable-copy.js';

const NAME = 'manifest.json';

export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  await writeDurably(join(folder, NAME), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
}

/** @throws FederationError `data-folder` if the folder holds no backup, `bad-request` if it is damaged */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, NAME), 'utf8').catch((cause) => {
    throw new FederationError(
      'data-folder',
      `--from ${folder}: holds no backup (no ${NAME}); give a folder that "backup --out" wrote`,
      { cause },
    );
  });
  return parseJson(backupManifestSchema, text, `${NAME} of ${folder}`);
}
