/**
 * A task of the kind `dictionary`: a federation that learns the extractor itself, the patch
 * dictionary and thresholds of kind `patches`, from private images without labels.
 */
import * as z from 'zod/mini';
import { sha256Hex } from '../codec/sha256.js';
import { patchFeatureCount } from '../extractor/patch-features.js';
import { canonicalJson } from '../task/hash.js';

const whole = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum));

export const dictionaryTaskSchema = z.strictObject({
  kind: z.literal('dictionary'),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  input: z.strictObject({
    width: whole(1, 4096),
    height: whole(1, 4096),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  dictionary: z.strictObject({
    /** Side of a patch. */
    size: whole(2, 8),
    filters: whole(1, 1024),
    padding: whole(0, 8),
    /** Cells of the pooling grid along each side. */
    grid: whole(1, 64),
    /** L: how many of the filters · grid² features become bits. */
    bits: whole(1, 65_536),
  }),
  federation: z.strictObject({
    /** Rounds of k-means; one before them learns the whitening, five after them the thresholds. */
    rounds: whole(1, 1000),
    /** Patches that a client draws for a round; more would not fit the sums. */
    patches: whole(10, 2000),
    /** Most images of a client that count. */
    images: whole(1, 65_536),
    seed: whole(0, Number.MAX_SAFE_INTEGER),
  }),
});

export type DictionaryTask = z.infer<typeof dictionaryTaskSchema>;

/** SHA-256 (hexadecimal) of the task's canonical JSON. */
export function dictionaryTaskHash(task: DictionaryTask): string {
  return sha256Hex(new TextEncoder().encode(canonicalJson(task)));
}

/** n: values of a patch. */
export function patchValues({ input, dictionary }: DictionaryTask): number {
  return dictionary.size * dictionary.size * input.channels;
}

/** Features before the choice of those that become bits. */
export function taskFeatures({ dictionary: { grid, filters } }: DictionaryTask): number {
  return patchFeatureCount({ filters, grid: { width: grid, height: grid } });
}
