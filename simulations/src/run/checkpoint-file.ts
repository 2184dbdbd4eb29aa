/** `checkpoint.json`: where a run stands, so that `--resume` goes on as if it had not been stopped. */
import { decodeModel, encodeModel, FederationError, type Task, taskHash } from '@fedhybnn/shared';
import * as z from 'zod';
import type { Checkpoint } from '../engine/checkpoint.js';
import { VirtualClientIds, virtualClientIndex } from '../engine/virtual-client.js';

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  /** The options that the result depends on. */
  options: z.record(z.string(), z.json()),
  round: z.int().positive(),
  nowMs: z.number(),
  /** The model's file, base64. */
  model: z.base64(),
  scores: z.array(z.tuple([z.string(), z.int()])),
  accuracies: z.array(z.number()),
  /** Clients that are not ready. */
  absent: z.array(z.int()),
  changes: z.array(z.strictObject({ atMs: z.number(), client: z.int(), ready: z.boolean() })),
  memories: z.record(z.string(), z.json()),
});

type WrittenOptions = z.infer<typeof checkpointSchema>['options'];

/** What a checkpoint is of. */
export interface RunIdentity {
  readonly task: Task;
  /** Virtual clients. */
  readonly clients: number;
  /** The options that the result depends on, as they are written. */
  readonly options: WrittenOptions;
}

export function encodeCheckpoint(
  { task, clients, options }: RunIdentity,
  checkpoint: Checkpoint,
): string {
  const { round, nowMs, model, experience, ready, changes, memories } = checkpoint;
  const file = encodeModel({ taskHash: taskHash(task), model });
  const written: z.input<typeof checkpointSchema> = {
    ...{ version: 1, options, round, nowMs },
    model: Buffer.from(file).toString('base64'),
    scores: [...experience.scores],
    accuracies: [...experience.accuracies],
    absent: ready.size === clients ? [] : absentees(clients, ready),
    changes: changes.map((change) => ({ ...change })),
    memories: z.record(z.string(), z.json()).parse(memories),
  };
  return `${JSON.stringify(written)}\n`;
}

/**
 * @param path for messages
 * @throws FederationError `file-corrupt` if it is no checkpoint; `bad-request` naming the option if
 * it is one of another run
 */
export function decodeCheckpoint(
  text: string,
  path: string,
  { task, clients, options }: RunIdentity,
): Checkpoint {
  const parsed = checkpointSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FederationError(
      'file-corrupt',
      `${path}: field "${issue.path.join('.')}": ${issue.message}; start again without --resume`,
    );
  }
  const { scores, accuracies, absent, model, ...rest } = parsed.data;
  checkSameRun(parsed.data.options, options, path);
  const hash = taskHash(task);
  const away = new Set(absent);
  const everybody = new VirtualClientIds(clients);
  return {
    ...rest,
    model: decodeModel(new Uint8Array(Buffer.from(model, 'base64')), { taskHash: hash }),
    experience: { scores: new Map(scores), accuracies },
    ready:
      away.size === 0
        ? everybody
        : new Set([...everybody].filter((id) => !away.has(virtualClientIndex(id)))),
  };
}

function absentees(clients: number, ready: ReadonlySet<string>): number[] {
  const absent: number[] = [];
  for (const id of new VirtualClientIds(clients)) {
    if (!ready.has(id)) absent.push(virtualClientIndex(id));
  }
  return absent;
}

function checkSameRun(before: WrittenOptions, now: WrittenOptions, path: string): void {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  for (const name of names) {
    const [was, is] = [before[name], now[name]].map(
      (value) => JSON.stringify(value) ?? 'not given',
    );
    if (was === is) continue;
    throw new FederationError(
      'bad-request',
      `--resume: ${path} is of a run with ${name} ${was}, but now it is ${is}; give the same options, or another --out`,
    );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
