/**
 * Everything that crosses the wire, as schemas, and the typed event map of the socket.io namespace
 * that both ends share. Small control messages only: models travel by HTTP as content-addressed
 * files.
 */
import * as z from 'zod/mini';
import { sha256Schema } from '../task/task.js';
import { ERROR_CODES, type ErrorBody } from './errors.js';

const roundNumber = z.int().check(z.minimum(0), z.maximum(1_000_000));
const taskId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));
/** A client id: chosen by the coordinator, or proposed by a client with a stable identity. */
export const clientIdSchema = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/));

/** `POST /v1/join`. */
export const joinRequestSchema = z.strictObject({
  protocol: z.int(),
  task: taskId,
  /** A stable id that the client proposes; without it the coordinator draws one. */
  client: z.optional(clientIdSchema),
  /** An earlier token of this client (it may have expired): the answer is for the same client. */
  resume: z.optional(z.string().check(z.maxLength(4096))),
  /**
   * A secret of this client, drawn once: an answer that was lost is given again to whoever proposes
   * the same id with the same key.
   */
  key: z.optional(z.string().check(z.regex(/^[0-9a-f]{32}$/))),
  /** For a task that admits by code: as it was given, see `join-code.ts`. */
  code: z.optional(z.string().check(z.maxLength(64))),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinReplySchema = z.object({
  client: clientIdSchema,
  token: z.string(),
  /** Seconds until the token expires. */
  expiresIn: z.number(),
});
export type JoinReply = z.infer<typeof joinReplySchema>;

/** One published round, in `GET /v1/tasks/:id/rounds?after=…` and in `round:closed`. */
export const publishedRoundSchema = z.object({
  round: roundNumber,
  /** Hash of the step file that leads from the previous model to this one. */
  step: sha256Schema,
  /** Hash of the snapshot file after the round: the model's identity. */
  model: sha256Schema,
  /** Accepted updates. */
  counted: z.int(),
  /** Of these, left out of the tally by the task's defenses; absent where it has none. */
  screened: z.optional(z.int()),
  /** The round did harm by the operator's labeled set, and changes nothing. */
  rolledBack: z.optional(z.boolean()),
  /** Central evaluation in [0, 1], or null where the operator gave no labelled set. */
  accuracy: z.nullable(z.number()),
  /** Bytes of all accepted update frames, and of the step file. */
  uplinkBytes: z.int(),
  downlinkBytes: z.int(),
});
export type PublishedRound = z.infer<typeof publishedRoundSchema>;

export const roundsReplySchema = z.object({ rounds: z.array(publishedRoundSchema) });

/** `GET /v1/tasks/:id`: the task document is checked by `taskSchema` on its own. */
export const taskReplySchema = z.object({
  task: z.unknown(),
  hash: sha256Schema,
  /** Snapshot of round 0. */
  initialModel: sha256Schema,
  phase: z.enum(['WAITING', 'OPEN', 'SEALED', 'PAUSED', 'ENDED']),
  /** Whether a new client needs a join code. Absent in answers of older coordinators: open. */
  admission: z.optional(z.enum(['open', 'code'])),
  latest: z.object({ round: roundNumber, model: sha256Schema, accuracy: z.nullable(z.number()) }),
  ready: z.int(),
  /** Who runs the coordinator, in their own words; absent where they say nothing. */
  runBy: z.optional(z.string()),
});
export type TaskReply = z.infer<typeof taskReplySchema>;

/** `GET /v1/tasks`. */
export const tasksReplySchema = z.object({ tasks: z.array(taskReplySchema) });

export const roundOpenSchema = z.object({
  round: roundNumber,
  task: taskId,
  /** Hash of the model to start from. */
  base: sha256Schema,
  /** Milliseconds left, by the coordinator's clock. */
  deadlineMs: z.number(),
  /** The round's public seed. */
  seed: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
});
export type RoundOpen = z.infer<typeof roundOpenSchema>;

export const roundClosedSchema = z.extend(publishedRoundSchema, { task: taskId });
export type RoundClosed = z.infer<typeof roundClosedSchema>;

/** How many clients a round waits for. */
export const roundGatheringSchema = z.object({
  /** Clients that are there. */
  ready: z.int().check(z.minimum(0)),
  /** With how many a round opens, at once or soon. */
  needed: z.int().check(z.minimum(1)),
});
export type RoundGathering = z.infer<typeof roundGatheringSchema>;

export const updateHeaderSchema = z.strictObject({
  round: roundNumber,
  base: sha256Schema,
  /** SHA-256 of the frame. */
  digest: sha256Schema,
});
export type UpdateHeader = z.infer<typeof updateHeaderSchema>;

/** Proof that an update is committed. */
export const receiptSchema = z.object({
  sequence: z.int(),
  digest: sha256Schema,
});
export type Receipt = z.infer<typeof receiptSchema>;

export const errorBodySchema = z.object({ code: z.enum(ERROR_CODES), message: z.string() });

/** An answer: the value, or the error. */
export type Reply<T> = { readonly ok: T } | { readonly error: ErrorBody };

/** Schema of a {@link Reply}. */
export function replySchema<T extends z.ZodMiniType>(ok: T) {
  return z.union([z.object({ ok }), z.object({ error: errorBodySchema })]);
}

/** Coordinator → client. */
export interface ServerEvents {
  'round:open': (message: RoundOpen) => void;
  'round:closed': (message: RoundClosed) => void;
  /** No round opens before more clients are there, or now there are enough. */
  'round:gathering': (message: RoundGathering) => void;
  /** The federation is over; the last model is in the rounds route. */
  'federation:ended': (message: { task: string; reason: string }) => void;
  /** Nothing will be asked of this client for a while: if it goes, it need not be back sooner. */
  'come-back': (message: { afterMs: number }) => void;
}

/** Client → coordinator, each answered. The handshake's `auth` is {@link handshakeSchema}. */
export interface ClientEvents {
  ready: (
    message: Record<string, never>,
    reply: (answer: Reply<{ round: number }>) => void,
  ) => void;
  update: (
    header: UpdateHeader,
    frame: Uint8Array,
    reply: (answer: Reply<Receipt>) => void,
  ) => void;
  leave: (
    message: Record<string, never>,
    reply: (answer: Reply<Record<string, never>>) => void,
  ) => void;
}

export const handshakeSchema = z.object({
  token: z.string().check(z.minLength(1), z.maxLength(4096)),
  protocol: z.int(),
});
export type Handshake = z.infer<typeof handshakeSchema>;
