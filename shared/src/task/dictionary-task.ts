/**
 * A task of kind `dictionary`: clients with unlabeled images learn the dictionary and the thresholds
 * of a `patches` extractor together (docs/federated-extractor.md). One JSON document, named by its
 * hash as any task is.
 */
import * as z from 'zod/mini';
import { FederationError } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import { parse } from '../protocol/parse.js';

const count = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));

const dictionaryTaskSchema = z.strictObject({
  schema: z.literal(1),
  kind: z.literal('dictionary'),
  /** Name in URLs and commands: letters, digits and hyphens. */
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  title: z.string().check(z.minLength(1), z.maxLength(200)),
  description: z.string().check(z.maxLength(4000)),
  input: z.strictObject({
    kind: z.literal('image'),
    width: count(4096),
    height: count(4096),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  /** What comes out: a `patches` extractor of this shape. */
  dictionary: z.strictObject({
    /** Side of a patch. */
    size: count(32),
    filters: count(4096),
    padding: z.int().check(z.minimum(0), z.maximum(31)),
    grid: z.strictObject({ width: count(256), height: count(256) }),
    rectifier: z.number().check(z.gte(0), z.lte(100)),
    contrastFloor: z.number().check(z.gt(0), z.lte(255)),
    /** L: how many of the features become bits. */
    bits: count(65_536),
  }),
  learning: z.strictObject({
    /** R: rounds of k-means. */
    rounds: count(10_000),
    /** P: patches of a client in a round, at most. */
    patches: count(65_535),
    /** Standard deviation that a patch must exceed, in pixels (0…255). */
    leastDeviation: z.number().check(z.gte(0), z.lte(255)),
    /** ε of the whitening. */
    whiteningEpsilon: z.number().check(z.gte(0.001), z.lte(1)),
    /** A whitened patch that is longer is scaled down to this length. */
    clip: z.number().check(z.gt(0), z.lte(100)),
    /** Weight of a centroid against the sums that move it, in shares of the mean energy of a cluster. */
    inertia: z.number().check(z.gte(0), z.lte(100)),
    /** Bits of a sum in an update. */
    sumBits: z.int().check(z.minimum(12), z.maximum(30)),
    /** Images of a client that count for the medians, at most. */
    images: count(65_535),
  }),
  federation: z.strictObject({
    /** Clients of a round of k-means. */
    cohort: count(1_000_000),
    /** Clients of the rounds for moments and for thresholds: always the same ones. */
    panel: count(1_000_000),
    seed: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
  }),
  privacy: z.strictObject({ mode: z.literal('plain') }),
});

/** A validated task document of kind `dictionary`. */
export type DictionaryTask = z.infer<typeof dictionaryTaskSchema>;

/** Values of a patch: the eigenvectors of as large a matrix are computed by rotations. */
const LARGEST_PATCH = 512;
/** Features are u16 indices, sums of counts u32. */
const LARGEST_FEATURES = 65_536;
const LARGEST_SUM = 4_294_967_295;

/**
 * A task of kind `dictionary` from outside.
 * @throws FederationError `bad-request` naming the field
 */
export function parseDictionaryTask(value: unknown, what: string): DictionaryTask {
  const task = parse(dictionaryTaskSchema, value, what);
  const { input, dictionary, learning, federation } = task;
  const { size, filters, padding, grid, bits } = dictionary;
  const refuse = (text: string): never => {
    throw new FederationError('bad-request', `${what}: ${text}`);
  };
  for (const axis of ['width', 'height'] as const) {
    if (size > input[axis]) refuse(`field "dictionary.size" exceeds the ${axis} of the input`);
    const responses = input[axis] + 2 * padding - size + 1;
    if (responses % grid[axis] !== 0) {
      refuse(`field "dictionary.grid.${axis}" must divide the ${responses} responses along it`);
    }
  }
  const values = size * size * input.channels;
  if (values > LARGEST_PATCH) {
    refuse(`field "dictionary.size" makes patches of ${values} values, more than ${LARGEST_PATCH}`);
  }
  const features = grid.width * grid.height * filters;
  if (features > LARGEST_FEATURES) {
    refuse(`field "dictionary.filters" makes ${features} features, more than ${LARGEST_FEATURES}`);
  }
  if (bits > features) {
    refuse(`field "dictionary.bits" is ${bits}, but there are only ${features} features`);
  }
  if (4 * filters * values > LIMITS.update) {
    refuse(`field "dictionary.filters" makes updates larger than ${LIMITS.update} bytes`);
  }
  if (learning.images * federation.panel > LARGEST_SUM) {
    refuse(`field "learning.images" times the panel must be at most ${LARGEST_SUM}`);
  }
  return task;
}
