/**
 * A task: what a federation learns, as one JSON document. Its hash is its identity: coordinator,
 * clients and journal agree on every setting by agreeing on 32 bytes.
 */
import * as z from 'zod/mini';

const count = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));
const share = z.number().check(z.gt(0), z.lte(1));

/** Lower-case SHA-256 in hexadecimal. */
export const sha256Schema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const inputSchema = z.strictObject({
  kind: z.literal('image'),
  width: count(4096),
  height: count(4096),
  channels: z.union([z.literal(1), z.literal(3)]),
});

const extractorSchema = z.strictObject({
  /** Hash of the extractor file, which is served under it. */
  sha256: sha256Schema,
  kind: z.enum(['patches', 'pixels']),
  /** L: how many latent bits a sample becomes. */
  bits: count(65_536),
});

const headSchema = z.strictObject({
  /** Neurons of each hidden layer. */
  hidden: z.array(count(16_384)).check(z.minLength(1), z.maxLength(8)),
  /** `hadamard`: rows of a Hadamard matrix, fixed, never trained or sent; `trained`: as the others. */
  outputLayer: z.enum(['hadamard', 'trained']),
  /** τ: logits = τ / √fan-in × integer product. */
  logitScale: z.number().check(z.gt(0), z.lte(100)),
});

const adamSchema = z.strictObject({
  kind: z.literal('adam'),
  /** Initial rate; it follows the schedule g_r over the rounds. */
  learningRate: share,
  beta1: z.number().check(z.gte(0), z.lt(1)),
  beta2: z.number().check(z.gte(0), z.lt(1)),
  epsilon: z.number().check(z.gt(0), z.lte(1)),
});

const sgdSchema = z.strictObject({
  kind: z.literal('sgd'),
  learningRate: z.number().check(z.gt(0), z.lte(1000)),
  momentum: z.number().check(z.gte(0), z.lt(1)),
});

const trainingSchema = z.strictObject({
  loss: z.literal('softmax-cross-entropy'),
  /** Local epochs a round. */
  epochs: count(1000),
  /** Samples a step; the last batch of an epoch may be smaller. */
  batch: count(4096),
  optimizer: z.discriminatedUnion('kind', [adamSchema, sgdSchema]),
});

const signVoteSchema = z.strictObject({
  kind: z.literal('sign-vote'),
  /** η₀: how far every latent moves in the first round; then η₀·g_r. In units of a latent (1 = full range). */
  serverStep: share,
});

const fedavgSchema = z.strictObject({ kind: z.literal('fedavg') });

const federationSchema = z.strictObject({
  rule: z.discriminatedUnion('kind', [signVoteSchema, fedavgSchema]),
  /** R: the federation ends after this many published rounds. */
  rounds: count(1_000_000),
  /** Updates that close a round. */
  goal: count(1_000_000),
  /** Fewest updates with which a round may be published at its deadline. */
  minimum: count(1_000_000),
  /** Cohort size = ⌈goal × overSelect⌉. */
  overSelect: z.number().check(z.gte(1), z.lte(10)),
  /** A round opens at once when this many clients are ready (at least the cohort size). */
  ready: count(1_000_000),
  /** …or when at least `minimum` have been ready for this long. Milliseconds. */
  gatherMs: z.int().check(z.minimum(0), z.maximum(86_400_000)),
  /** A round never outlives this. Milliseconds. */
  deadlineMs: z.int().check(z.minimum(100), z.maximum(86_400_000)),
  /** The federation ends early when the central evaluation reaches this accuracy. */
  targetAccuracy: z.optional(share),
  /** Root of all shared randomness: initial latents, cohorts, coins. */
  seed: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
  /** Latents start uniform in ±initialRange. */
  initialRange: share,
});

export const taskSchema = z.strictObject({
  schema: z.literal(1),
  /** Name in URLs and commands: letters, digits and hyphens. */
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  title: z.string().check(z.minLength(1), z.maxLength(200)),
  description: z.string().check(z.maxLength(4000)),
  input: inputSchema,
  /** Names of the classes, in the order of the label numbers. */
  labels: z
    .array(z.string().check(z.minLength(1), z.maxLength(100)))
    .check(z.minLength(2), z.maxLength(1000)),
  extractor: extractorSchema,
  head: headSchema,
  training: trainingSchema,
  federation: federationSchema,
  privacy: z.strictObject({ mode: z.literal('plain') }),
});

/** A validated task document. */
export type Task = z.infer<typeof taskSchema>;
export type RuleSettings = Task['federation']['rule'];
export type TrainingSettings = Task['training'];
export type FederationSettings = Task['federation'];
