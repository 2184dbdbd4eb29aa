/** What operators and the coordinator say to each other at `/v1/admin`: requests and answers. */
import * as z from 'zod/mini';
import { sha256Schema } from '../task/task.js';

/** Name of an operator. */
export const operatorNameSchema = z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,31}$/));
const label = z.string().check(z.maxLength(100));
/** Milliseconds since 1970, by the coordinator's clock. */
const time = z.int();
const id = z.string();

/** Header of a session's request that changes something: the token of its answer to the login. */
export const CSRF_HEADER = 'fedhybnn-csrf';

export const loginRequestSchema = z.strictObject({
  name: operatorNameSchema,
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** Who asks, and what a page must send in {@link CSRF_HEADER}; null where an API token asks. */
export const sessionReplySchema = z.object({
  operator: z.string(),
  csrf: z.nullable(z.string()),
  expiresAt: z.nullable(time),
});
export type SessionReply = z.infer<typeof sessionReplySchema>;

export const admissionSchema = z.enum(['open', 'code']);
/** Whether anybody may join a task, or only with a join code. */
export type AdmissionMode = z.infer<typeof admissionSchema>;

export const createTaskRequestSchema = z.strictObject({
  /** The task document; its extractor was uploaded before. */
  task: z.unknown(),
  /** Hash of the uploaded labeled set of the central evaluation. */
  evaluation: z.optional(sha256Schema),
  admission: z.optional(admissionSchema),
});

export const changeTaskRequestSchema = z.strictObject({ admission: admissionSchema });

export const joinCodeRequestSchema = z.strictObject({
  /** How many clients may join with it. */
  uses: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  /** How long it lasts. */
  hours: z.number().check(z.gt(0), z.lte(8760)),
  label: z.optional(label),
});

export const joinCodeSchema = z.object({
  id,
  task: z.string(),
  label: z.string(),
  uses: z.int(),
  maxUses: z.int(),
  createdAt: time,
  expiresAt: time,
});
/** A join code as the operator sees it later: without the code, which nobody keeps. */
export type JoinCodeReply = z.infer<typeof joinCodeSchema>;

/** The only answer that holds the code itself; `path` is what a phone opens. */
export const newJoinCodeSchema = z.extend(joinCodeSchema, { code: z.string(), path: z.string() });
export const joinCodesReplySchema = z.object({ codes: z.array(joinCodeSchema) });

export const apiTokenRequestSchema = z.strictObject({
  label,
  days: z.number().check(z.gt(0), z.lte(3650)),
});
export const apiTokenSchema = z.object({
  id,
  operator: z.string(),
  label: z.string(),
  createdAt: time,
  expiresAt: time,
});
export type ApiTokenReply = z.infer<typeof apiTokenSchema>;
/** The only answer that holds the token itself. */
export const newApiTokenSchema = z.extend(apiTokenSchema, { token: z.string() });
export const apiTokensReplySchema = z.object({ tokens: z.array(apiTokenSchema) });

export const participantSchema = z.object({
  client: z.string(),
  joinedAt: time,
  /** Accepted updates, and the round of the last. */
  updates: z.int(),
  lastRound: z.nullable(z.int()),
  /** Thrown out: its token is refused. */
  banned: z.boolean(),
});
export type Participant = z.infer<typeof participantSchema>;

export const attemptSchema = z.object({
  round: z.int(),
  attempt: z.int(),
  cohort: z.int(),
  openedAt: time,
  outcome: z.enum(['open', 'published', 'abandoned', 'interrupted']),
  reason: z.nullable(z.string()),
});
export const attemptsReplySchema = z.object({ attempts: z.array(attemptSchema) });

export const auditEntrySchema = z.object({
  sequence: z.int(),
  at: time,
  /** Name of the operator, `token:…` or `command line`. */
  actor: z.string(),
  action: z.string(),
  /** What it was done to: a task, a name, an id. */
  subject: z.nullable(z.string()),
  details: z.nullable(z.string()),
  address: z.nullable(z.string()),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditReplySchema = z.object({ entries: z.array(auditEntrySchema) });

export const doneReplySchema = z.object({ done: z.literal(true) });
