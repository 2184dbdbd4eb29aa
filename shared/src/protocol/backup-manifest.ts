/** `manifest.json` of a backup: what is in it, so that a restore can tell whether all of it is there. */
import * as z from 'zod/mini';
import { sha256Schema } from '../task/task.js';

export const backupManifestSchema = z.object({
  format: z.literal(1),
  /** Of the coordinator that wrote it. */
  version: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** Where the rows came from; they are in an SQLite file in either case. */
  from: z.enum(['embedded', 'postgres']),
  /** Each task, its published rounds, the last model and its place in the hash chain. */
  tasks: z.array(
    z.object({
      id: z.string(),
      round: z.int(),
      model: sha256Schema,
      chain: z.nullable(sha256Schema),
    }),
  ),
  /** Every file but this one, by its path in the backup. */
  files: z.array(
    z.object({
      path: z
        .string()
        .check(z.regex(/^(coordinator\.db|token-secret|files\/[0-9a-f]{2}\/[0-9a-f]{64})$/)),
      bytes: z.int().check(z.minimum(0)),
      sha256: sha256Schema,
    }),
  ),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;
