/**
 * What this device keeps to try a model without a network: the task, its extractor and the latest
 * model seen. Nothing of the participant's.
 */
import type { TaskDescription } from '@fedhybnn/client';
import {
  decodeModel,
  encodeModel,
  type GlobalModel,
  parameterCount,
  parse,
  sha256Hex,
  type Task,
  taskHash,
  taskReplySchema,
  taskSchema,
} from '@fedhybnn/shared';
import * as z from 'zod/mini';
import { openDatabase } from './memory.js';

export interface OfflineCopy {
  readonly description: TaskDescription;
  /** The extractor's file. */
  readonly extractor: Uint8Array;
  readonly model?: GlobalModel | undefined;
}

const bytes = z.instanceof(Uint8Array);
const copySchema = z.object({
  description: taskReplySchema,
  extractor: bytes,
  model: z.optional(bytes),
});

/** Keeps a copy; a model that is kept already stays where none is given. */
export async function keepOffline({ description, extractor, model }: OfflineCopy): Promise<void> {
  const database = await openDatabase();
  if (database === undefined) return;
  const { id } = description.task;
  const before = await stored(id);
  const kept = before?.description.hash === description.hash ? before.model : undefined;
  const file = model ? encodeModel({ taskHash: description.hash, model }) : kept;
  // A full store must not stop anything.
  await database
    .put('offline', { description, extractor, ...(file && { model: file }) }, id)
    .catch(() => undefined);
  database.close();
}

/** The copy of a task, or of the only one that there is a copy of; nothing where it is damaged. */
export async function keptOffline(id: string | undefined): Promise<OfflineCopy | undefined> {
  const found = await stored(id);
  if (found === undefined) return undefined;
  try {
    const { description: reply, extractor } = found;
    const task: Task = parse(taskSchema, reply.task, 'stored task');
    const intact = taskHash(task) === reply.hash && sha256Hex(extractor) === task.extractor.sha256;
    if (!intact) return undefined;
    const expected = { taskHash: reply.hash, parameters: parameterCount(task) };
    const model = found.model && decodeModel(found.model, expected);
    return { description: { ...reply, task }, extractor, model };
  } catch {
    return undefined;
  }
}

async function stored(id: string | undefined) {
  const database = await openDatabase();
  if (database === undefined) return undefined;
  const keys = id === undefined ? await database.getAllKeys('offline') : [id];
  const value = keys.length === 1 ? await database.get('offline', keys[0]) : undefined;
  database.close();
  const parsed = z.safeParse(copySchema, value);
  return parsed.success ? parsed.data : undefined;
}
