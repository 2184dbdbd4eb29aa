/**
 * A task: what a federation learns, as one JSON document. Its hash is its identity: coordinator,
 * clients and journal agree on every setting by agreeing on 32 bytes.
 */
import * as z from 'zod/mini';
import { robustSchema } from './robust-settings.js';
import { ruleSchema } from './rule-settings.js';

const count = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));
const share = z.number().check(z.gt(0), z.lte(1));

/** Lower-case SHA-256 in hexadecimal. */
export const sha256Schema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const inputSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('image'),
    width: count(4096),
    height: count(4096),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  /** Rows of named columns; the extractor's file names them. */
  z.strictObject({ kind: z.literal('table'), columns: count(65_536) }),
]);

export const extractorSchema = z.strictObject({
  /** Hash of the extractor file, which is served under it. */
  sha256: sha256Schema,
  kind: z.enum(['patches', 'pixels', 'quantiles', 'vae', 'tfjs']),
  /** L: how many latent bits a sample becomes. */
  bits: count(65_536),
});

const convolutionSchema = z.strictObject({
  /**
   * The feature map that the latent bits are, in the order [y][x][channel]: an image of the `pixels`
   * extractor, or the grid of a `patches` extractor that keeps every feature, whose channels are
   * its filters.
   */
  width: count(4096),
  height: count(4096),
  channels: count(16_384),
  /** 3×3 convolutions, stride 1, padded to the same size. */
  layers: z
    .array(
      z.strictObject({
        filters: count(1024),
        /** 2×2 max-pooling before the sign. */
        pool: z.boolean(),
      }),
    )
    .check(z.minLength(1), z.maxLength(8)),
});

const headSchema = z.strictObject({
  /** Before the hidden layers; a head without it is dense. */
  convolution: z.optional(convolutionSchema),
  /** Neurons of each hidden layer. */
  hidden: z.array(count(16_384)).check(z.minLength(1), z.maxLength(8)),
  /** `hadamard`: rows of a Hadamard matrix, fixed, never trained or sent; `trained`: as the others. */
  outputLayer: z.enum(['hadamard', 'trained']),
  /** τ: logits = τ / √fan-in × integer product. */
  logitScale: z.number().check(z.gt(0), z.lte(100)),
  /** `binary` (the default): ±1; `scaled`: ±α of each neuron; `ternary`: −1, 0, +1. */
  weights: z.optional(z.enum(['binary', 'scaled', 'ternary'])),
  /** t: a ternary weight is 0 where its latent is in [−t, t). */
  ternaryThreshold: z.optional(z.number().check(z.gt(0), z.lt(1))),
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

const bopSchema = z.strictObject({
  kind: z.literal('bop'),
  /** γ: share of a new gradient in its moving average; it follows the schedule g_r. */
  gamma: share,
  /** τ: how large the moving average must be for a weight to flip. */
  threshold: z.number().check(z.gte(0), z.lte(1)),
});

const trainingSchema = z.strictObject({
  loss: z.enum(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-hinge']),
  /** Local epochs a round. */
  epochs: count(1000),
  /** Samples a step; the last batch of an epoch may be smaller. */
  batch: count(4096),
  optimizer: z.discriminatedUnion('kind', [adamSchema, sgdSchema, bopSchema]),
});

const federationSchema = z.strictObject({
  rule: ruleSchema,
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
  /** Defenses against clients that do not vote honestly (docs/security.md). */
  robust: z.optional(robustSchema),
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
  /**
   * `multiclass` (the default): one label a sample, one output a label; `binary`: two labels, one
   * output, positive for the second; `multi-label`: any labels a sample, one output each.
   */
  classification: z.optional(z.enum(['multiclass', 'binary', 'multi-label'])),
  extractor: extractorSchema,
  head: headSchema,
  training: trainingSchema,
  federation: federationSchema,
  privacy: z.strictObject({ mode: z.literal('plain') }),
});

/** A validated task document. */
export type Task = z.infer<typeof taskSchema>;
export type HeadSettings = Task['head'];
export type ConvolutionSettings = NonNullable<HeadSettings['convolution']>;
export type TrainingSettings = Task['training'];
export type FederationSettings = Task['federation'];
