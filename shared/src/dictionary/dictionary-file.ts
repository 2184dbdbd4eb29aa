/**
 * A dictionary federation's state as a file: what clients fetch before a round, and what a
 * coordinator goes on from. Canonical JSON with arrays in base64, little-endian.
 */
import * as z from 'zod/mini';
import { encodeExtractorFile } from '../extractor/extractor-file.js';
import type { PatchesHeader } from '../extractor/file-header.js';
import { decodeBase64 } from '../kernels/base64.js';
import { FederationError } from '../protocol/errors.js';
import { parseJson } from '../protocol/parse.js';
import { deriveSeed, Random } from '../random/index.js';
import { canonicalJson } from '../task/hash.js';
import { type DictionaryState, dictionaryWith, STARTED } from './dictionary-state.js';
import { type DictionaryTask, patchValues, taskFeatures } from './dictionary-task.js';
import { type FittedFeature, selectFeatures } from './fit-thresholds.js';
import { FEATURE_CONSTANTS } from './fold-whitening.js';

const count = z.int().check(z.minimum(0));
const stateSchema = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('moments'), round: z.literal(0) }),
  z.strictObject({
    phase: z.literal('centroids'),
    round: count,
    whitening: z.string(),
    published: z.string(),
    sums: z.string(),
  }),
  z.strictObject({
    phase: z.literal('thresholds'),
    round: count,
    weights: z.string(),
    fractionBits: count.check(z.maximum(24)),
    digit: count.check(z.maximum(4)),
    low: z.string(),
  }),
  z.strictObject({
    phase: z.literal('over'),
    round: count,
    weights: z.string(),
    fractionBits: count.check(z.maximum(24)),
    features: z.array(z.strictObject({ threshold: count, share: z.number(), guarded: z.number() })),
  }),
]);

/** The state's bytes; their SHA-256 is what updates are bound to. */
export function encodeDictionaryState(state: DictionaryState): Uint8Array {
  return new TextEncoder().encode(canonicalJson(plain(state)));
}

/**
 * @param what names the file in errors
 * @throws FederationError `file-corrupt` naming the field
 */
export function decodeDictionaryState(
  bytes: Uint8Array,
  task: DictionaryTask,
  what = 'dictionary state',
): DictionaryState {
  const text = new TextDecoder().decode(bytes);
  const raw = parseJson(stateSchema, text, what, 'file-corrupt');
  const n = patchValues(task);
  const { filters } = task.dictionary;
  const read = <T extends Numbers>(name: string, text: string, into: T): T => {
    const bytes = decoded(name, text, what);
    if (bytes.length !== into.byteLength) {
      throw new FederationError(
        'file-corrupt',
        `${what}: field "${name}" holds ${bytes.length} bytes, not ${into.byteLength}; start again`,
      );
    }
    new Uint8Array(into.buffer).set(bytes);
    return into;
  };
  switch (raw.phase) {
    case 'moments':
      return STARTED;
    case 'centroids': {
      const published = read('published', raw.published, new Int16Array(filters * n));
      const sums = read('sums', raw.sums, new Float64Array(filters * n));
      const whitening = read('whitening', raw.whitening, new Int32Array(n * n));
      return { phase: 'centroids', round: raw.round, whitening, centroids: { published, sums } };
    }
    case 'thresholds':
    case 'over': {
      const weights = read('weights', raw.weights, new Float32Array(filters * n));
      const { round, fractionBits } = raw;
      const common = { round, fractionBits, dictionary: dictionaryWith(task, weights) };
      if (raw.phase === 'over') return { phase: 'over', ...common, features: raw.features };
      const low = read('low', raw.low, new Uint16Array(taskFeatures(task)));
      return { phase: 'thresholds', ...common, search: { digit: raw.digit, low } };
    }
  }
}

/** The finished extractor. */
export interface DictionaryNotes {
  readonly name: string;
  readonly trainedOn: string;
  readonly command: string;
}

/**
 * The extractor file that a finished federation has made, and which features it took.
 * @throws FederationError `bad-request` if the federation is not over, or too few features vary
 */
export function dictionaryExtractor(
  task: DictionaryTask,
  state: DictionaryState,
  notes: DictionaryNotes,
): { readonly file: Uint8Array; readonly chosen: readonly FittedFeature[] } {
  if (state.phase !== 'over') {
    throw new FederationError(
      'bad-request',
      `the federation is in its phase "${state.phase}"; play its rounds to the end first`,
    );
  }
  const { dictionary, fractionBits, features } = state;
  const { bits, size, filters, padding } = task.dictionary;
  const random = new Random(deriveSeed(task.federation.seed, 'dictionary', 'features'));
  const chosen = selectFeatures(features, bits, random);
  const guarded = chosen.reduce((sum, f) => sum + features[f].guarded, 0);
  const header: PatchesHeader = {
    kind: 'patches',
    ...notes,
    ...{ bits, input: task.input, size, filters, padding, grid: dictionary.grid, fractionBits },
    ...FEATURE_CONSTANTS,
    guardBand: guarded / chosen.length,
  };
  const arrays = {
    weights: dictionary.weights,
    features: Uint16Array.from(chosen),
    thresholds: Uint16Array.from(chosen, (f) => features[f].threshold),
  };
  return { file: encodeExtractorFile({ header, arrays }), chosen: chosen.map((f) => features[f]) };
}

type Numbers = Int16Array | Int32Array | Uint16Array | Float32Array | Float64Array;

function plain(state: DictionaryState): z.infer<typeof stateSchema> {
  switch (state.phase) {
    case 'moments':
      return state;
    case 'centroids': {
      const { published, sums } = state.centroids;
      const whitening = encoded(state.whitening);
      const { phase, round } = state;
      return { phase, round, whitening, published: encoded(published), sums: encoded(sums) };
    }
    case 'thresholds': {
      const { phase, round, fractionBits, search } = state;
      const weights = encoded(state.dictionary.weights);
      return { phase, round, weights, fractionBits, digit: search.digit, low: encoded(search.low) };
    }
    case 'over': {
      const { phase, round, fractionBits, features } = state;
      const weights = encoded(state.dictionary.weights);
      return { phase, round, weights, fractionBits, features: [...features] };
    }
  }
}

/** Every engine that runs this is little-endian: WebAssembly's memory is, and typed arrays with it. */
function encoded(values: Numbers): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function decoded(name: string, text: string, what: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw new FederationError(
      'file-corrupt',
      `${what}: field "${name}" is not base64; start again`,
      { cause },
    );
  }
}
