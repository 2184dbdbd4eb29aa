/** What operators see of federations while they run: answers of `/v1/admin`. */
import * as z from 'zod/mini';
import { extractorSchema, inputSchema, sha256Schema } from '../task/task.js';
import { admissionSchema, participantSchema } from './admin.js';
import { errorBodySchema, publishedRoundSchema, taskReplySchema } from './messages.js';

/** Milliseconds since 1970, by the coordinator's clock. */
const time = z.int();
const count = z.int().check(z.minimum(0));

/** The round that is being played. Durations in milliseconds. */
export const openRoundSchema = z.object({
  round: count,
  attempt: count,
  /** Clients that were asked. */
  cohort: count,
  /** Accepted updates of the round, those of abandoned attempts included. */
  arrived: count,
  /** Until the deadline, by the coordinator's clock. */
  leftMs: z.number(),
  lastsMs: z.number(),
});
export type OpenRound = z.infer<typeof openRoundSchema>;

/** A federation at a glance. */
export const liveFederationSchema = z.object({
  id: z.string(),
  title: z.string(),
  phase: taskReplySchema.shape.phase,
  /** What the operator asked for, to happen after the round that is being played. */
  afterRound: z.enum(['continue', 'pause', 'end']),
  admission: admissionSchema,
  /** Published rounds, of so many. */
  round: count,
  rounds: count,
  accuracy: z.nullable(z.number()),
  /** Connected clients that want to take part. */
  ready: count,
  /** A round opens at once with so many, or where `minimum` are ready for `gatherMs`. */
  readyFor: count,
  gatherMs: count,
  /** Updates that close a round, and the fewest that count at its deadline. */
  goal: count,
  minimum: count,
  parameters: count,
  /** Bytes of the update of a client in a round, at most. */
  updateBytes: count,
  open: z.nullable(openRoundSchema),
  /** The last published rounds. */
  recent: z.array(z.object({ round: count, accuracy: z.nullable(z.number()) })),
  totals: z.object({
    /** Updates counted in published rounds. */
    counted: count,
    /** Bytes of their frames. */
    uplinkBytes: count,
    /** Bytes of the steps, each as often as a client of its round fetched it. */
    downlinkBytes: count,
  }),
});
export type LiveFederation = z.infer<typeof liveFederationSchema>;

export const overviewReplySchema = z.object({ federations: z.array(liveFederationSchema) });

/** A federation, and how updates were answered since the coordinator has started. */
export const liveFederationReplySchema = z.extend(liveFederationSchema, {
  latestModel: sha256Schema,
  /** `accepted`, or the code of an error → how often. */
  answers: z.record(z.string(), count),
});
export type LiveFederationReply = z.infer<typeof liveFederationReplySchema>;

/** A published round and when it was played; the opening is that of its last attempt. */
export const timedRoundSchema = z.extend(publishedRoundSchema, {
  openedAt: z.nullable(time),
  publishedAt: time,
});
export type TimedRound = z.infer<typeof timedRoundSchema>;
export const timedRoundsReplySchema = z.object({ rounds: z.array(timedRoundSchema) });

/** What a client's connection says of its device. */
export const deviceClassSchema = z.enum(['phone', 'tablet', 'computer', 'program']);
export type DeviceClass = z.infer<typeof deviceClassSchema>;

/** A participant, and what it did since the coordinator has started. */
export const liveParticipantSchema = z.extend(participantSchema, {
  /** Its score, where the task's defenses keep one. */
  reputation: z.nullable(z.int()),
  connected: z.boolean(),
  device: z.nullable(deviceClassSchema),
  seenAt: z.nullable(time),
  /** From the opening of its last round to its update. Milliseconds. */
  answerMs: z.nullable(z.number()),
  /** Bytes of its accepted updates, and how many were refused. */
  sentBytes: count,
  refused: count,
});
export type LiveParticipant = z.infer<typeof liveParticipantSchema>;
export const participantsReplySchema = z.object({ participants: z.array(liveParticipantSchema) });
export type ParticipantsReply = z.infer<typeof participantsReplySchema>;

/** The process, its machine, and what its state takes. */
export const coordinatorReplySchema = z.object({
  startedAt: time,
  /** Connected sockets. */
  sockets: count,
  node: z.string(),
  /** Addresses of this machine in its networks, under which phones may reach it. */
  addresses: z.array(z.string()),
  storage: z.object({
    kind: z.enum(['sqlite', 'postgres']),
    databaseBytes: count,
    files: z.array(z.object({ kind: z.string(), count, bytes: count })),
    /** Of the disk that the data folder is on; null where the system does not tell. */
    freeBytes: z.nullable(count),
    diskBytes: z.nullable(count),
  }),
});
export type CoordinatorReply = z.infer<typeof coordinatorReplySchema>;

/** An extractor file, and what a task says of it. */
export const extractorInfoSchema = z.extend(extractorSchema, {
  name: z.string(),
  input: inputSchema,
  bytes: count,
  /** It comes with FedHyBNN. */
  shipped: z.boolean(),
});
export type ExtractorInfo = z.infer<typeof extractorInfoSchema>;
export const extractorsReplySchema = z.object({ extractors: z.array(extractorInfoSchema) });

/** An uploaded file, and what is in it. */
export const fileReplySchema = z.object({
  sha256: sha256Schema,
  bytes: count,
  extractor: z.optional(extractorInfoSchema),
  evaluation: z.optional(z.object({ samples: count, bits: count, classes: count })),
});
export type FileReply = z.infer<typeof fileReplySchema>;

/** A verification of a journal: how far it is, and what came of it. */
export const verificationReplySchema = z.object({
  state: z.enum(['none', 'waiting', 'running', 'passed', 'failed']),
  startedAt: z.nullable(time),
  finishedAt: z.nullable(time),
  /** Rounds that were looked at, of those that were published at its beginning. */
  round: count,
  rounds: count,
  report: z.nullable(
    z.object({
      /** Replayed, and those before them: verified by the hash chain alone. */
      rounds: count,
      forgotten: count,
      /** Updates that were counted. */
      updates: count,
      waiting: count,
      model: sha256Schema,
      chain: sha256Schema,
    }),
  ),
  error: z.nullable(errorBodySchema),
});
export type VerificationReply = z.infer<typeof verificationReplySchema>;
