/**
 * `--init-from`: a run that begins with a model of an earlier one, in the place of the model that the
 * task makes of its seed. Only a file with latents will do (`model.fhm`, or a coordinator's
 * snapshot): an exported head has their signs alone.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  decodeFrame,
  decodeModel,
  FederationError,
  type GlobalModel,
  parse,
  sha256Hex,
  type Task,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import * as z from 'zod';
import type { GivenModel } from './starting-model.js';

/** At the beginning of an exported head. */
const HEAD_MAGIC = 'FHBI';

/** The model of a run's folder. */
export const MODEL_FILE = 'model.fhm';

/** Its task is known where a `run.json` beside the file tells. */
export interface InitialModel extends GivenModel {
  /** As it was given. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * @param path a model file, or the folder of a run
 * @throws FederationError `unknown-file` or `file-corrupt` naming the option and the remedy
 */
export async function readInitialModel(path: string): Promise<InitialModel> {
  const { file, bytes } = await bytesOf(path);
  const model = decoded(path, bytes);
  const hash = decodeFrame(bytes, 'model', bytes.length, 'file-corrupt').taskHash;
  const task = await taskBeside(file, hash);
  const name = `--init-from ${path}`;
  return { name, path, bytes, sha256: sha256Hex(bytes), model, ...(task && { task }) };
}

async function bytesOf(path: string): Promise<{ file: string; bytes: Uint8Array }> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, MODEL_FILE) : path;
    return { file, bytes: new Uint8Array(await readFile(file)) };
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `--init-from ${path}: cannot be read; name the ${MODEL_FILE} of a run that was played with --out`,
      { cause },
    );
  }
}

function decoded(path: string, bytes: Uint8Array): GlobalModel {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === HEAD_MAGIC) {
    throw new FederationError(
      'file-corrupt',
      `--init-from ${path}: an exported head has the signs of its weights only, and training goes on with latents; name the ${MODEL_FILE} beside it`,
    );
  }
  try {
    return decodeModel(bytes);
  } catch (cause) {
    const { message } = FederationError.from(cause);
    throw new FederationError(
      'file-corrupt',
      `--init-from ${path}: no model file (${message}); name the ${MODEL_FILE} of a run's folder, or a coordinator's snapshot`,
      { cause },
    );
  }
}

const runSchema = z.object({ task: z.unknown() });

/** Of the run that left the file, if it is still what lies beside. */
async function taskBeside(file: string, hash: string): Promise<Task | undefined> {
  try {
    const text = await readFile(join(dirname(file), 'run.json'), 'utf8');
    const task = parse(taskSchema, runSchema.parse(JSON.parse(text)).task, 'task');
    return taskHash(task) === hash ? task : undefined;
  } catch {
    return undefined;
  }
}
