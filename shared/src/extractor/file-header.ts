/** What an extractor file says of itself: schemas, and the checks that go beyond one field. */
import * as z from 'zod/mini';
import { FederationError } from '../protocol/errors.js';
import { imageFields, note, side } from './header-fields.js';
import { type PatchDictionary, patchFeatureCount, responseSide } from './patch-features.js';
import { checkTfjsHeader, tfjsArrayBytes, tfjsHeaderSchema } from './tfjs-file.js';
import { checkVaeHeader, vaeArrayBytes, vaeHeaderSchema } from './vae-file.js';

/** Features are u16 indices. */
const LARGEST_FEATURE_COUNT = 65_536;

const patchesHeaderSchema = z.strictObject({
  kind: z.literal('patches'),
  ...imageFields,
  size: side(32),
  filters: side(4096),
  padding: z.int().check(z.minimum(0), z.maximum(31)),
  grid: z.strictObject({ width: side(256), height: side(256) }),
  rectifier: z.number().check(z.gte(0), z.lte(100)),
  contrastFloor: z.number().check(z.gt(0), z.lte(255)),
  /** Features are compared as multiples of 2^−fractionBits. */
  fractionBits: z.int().check(z.minimum(0), z.maximum(24)),
  /** What the dictionary and the thresholds were fitted on. */
  trainedOn: note,
  /**
   * Share of that sample's feature values within one quantum of their threshold: an upper bound of
   * the share of bits that another backend's rounding may change.
   */
  guardBand: z.number().check(z.gte(0), z.lte(1)),
});

const pixelsHeaderSchema = z.strictObject({
  kind: z.literal('pixels'),
  ...imageFields,
  /** A pixel from this value on is a set bit. */
  threshold: side(255),
});

const columnName = z.string().check(z.minLength(1), z.maxLength(200));

const quantilesHeaderSchema = z.strictObject({
  kind: z.literal('quantiles'),
  name: imageFields.name,
  bits: imageFields.bits,
  command: note,
  trainedOn: note,
  columns: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('numeric'),
          name: columnName,
          /** How many; 0 where the column did not vary. */
          thresholds: z.int().check(z.minimum(0), z.maximum(1024)),
        }),
        z.strictObject({
          kind: z.literal('category'),
          name: columnName,
          categories: z.array(z.string().check(z.maxLength(1000))).check(z.maxLength(1024)),
        }),
      ]),
    )
    .check(z.minLength(1), z.maxLength(65_536)),
});

export const extractorHeaderSchema = z.discriminatedUnion('kind', [
  patchesHeaderSchema,
  pixelsHeaderSchema,
  quantilesHeaderSchema,
  vaeHeaderSchema,
  tfjsHeaderSchema,
]);

export type PatchesHeader = z.infer<typeof patchesHeaderSchema>;
export type PixelsHeader = z.infer<typeof pixelsHeaderSchema>;
export type QuantilesHeader = z.infer<typeof quantilesHeaderSchema>;
export type ExtractorHeader = z.infer<typeof extractorHeaderSchema>;

/** What a patches file holds besides its header. */
export interface PatchArrays {
  /** [size][size][channels][filters]. */
  readonly weights: Float32Array;
  /** Which features become bits, strictly ascending; [bits]. */
  readonly features: Uint16Array;
  /** From 1, in 2^−fractionBits; [bits]. */
  readonly thresholds: Uint16Array;
}

/** Numbers of dictionary weights. */
export function weightCount(header: PatchesHeader): number {
  return header.size * header.size * header.input.channels * header.filters;
}

/** Bytes between the header and the checksum. */
export function arrayBytes(header: ExtractorHeader): number {
  if (header.kind === 'quantiles') return 8 * thresholdCount(header);
  if (header.kind === 'vae') return vaeArrayBytes(header);
  if (header.kind === 'tfjs') return tfjsArrayBytes(header);
  return header.kind === 'pixels' ? 0 : 4 * weightCount(header) + 2 * 2 * header.bits;
}

/** Thresholds of all numeric columns. */
export function thresholdCount({ columns }: QuantilesHeader): number {
  return columns.reduce((sum, c) => sum + (c.kind === 'numeric' ? c.thresholds : 0), 0);
}

export function dictionaryOf(header: PatchesHeader, weights: Float32Array): PatchDictionary {
  const { size, filters, padding, grid, rectifier, contrastFloor } = header;
  const { channels } = header.input;
  return { size, channels, filters, padding, grid, rectifier, contrastFloor, weights };
}

/** @throws FederationError `file-corrupt` where the fields of a header contradict each other */
export function checkHeader(header: ExtractorHeader, what: string): void {
  const fail = (text: string) => {
    throw new FederationError('file-corrupt', `${what}: ${text}; make the file again`);
  };
  if (header.kind === 'quantiles') {
    checkColumns(header, fail);
    return;
  }
  const { input, bits } = header;
  if (header.kind === 'pixels') {
    const values = input.width * input.height * input.channels;
    if (bits !== values) fail(`field "bits" is ${bits}, but the input has ${values} values`);
    return;
  }
  if (header.kind === 'vae') {
    checkVaeHeader(header, fail);
    return;
  }
  if (header.kind === 'tfjs') {
    checkTfjsHeader(header, fail);
    return;
  }
  for (const axis of ['width', 'height'] as const) {
    const responses = responseSide(input[axis], header);
    if (responses < 1) fail(`field "size" exceeds the padded ${axis} of the input`);
    if (responses % header.grid[axis] !== 0) {
      fail(`field "grid.${axis}" does not divide the ${responses} responses along it`);
    }
  }
  const features = patchFeatureCount(header);
  if (features > LARGEST_FEATURE_COUNT) {
    fail(`field "grid" makes ${features} features, more than ${LARGEST_FEATURE_COUNT}`);
  }
  if (bits > features) fail(`field "bits" is ${bits}, but there are only ${features} features`);
}

/** @throws FederationError `file-corrupt` for lengths or values that no fit can give */
export function checkArrays(header: PatchesHeader, arrays: PatchArrays, what: string): void {
  const fail = (text: string) => {
    throw new FederationError('file-corrupt', `${what}: ${text}; make the file again`);
  };
  for (const [name, length] of [
    ['weights', weightCount(header)],
    ['features', header.bits],
    ['thresholds', header.bits],
  ] as const) {
    const present = arrays[name].length;
    if (present !== length) fail(`field "${name}" holds ${present} numbers, not ${length}`);
  }
  const odd = arrays.weights.findIndex((weight) => !Number.isFinite(weight));
  if (odd >= 0) fail(`weight ${odd} is ${arrays.weights[odd]}, not a finite number`);
  const count = patchFeatureCount(header);
  arrays.features.forEach((feature, i) => {
    if (feature >= count) fail(`feature ${i} is ${feature}, outside 0…${count - 1}`);
    if (i > 0 && feature <= arrays.features[i - 1]) fail(`feature ${i} is not in ascending order`);
  });
  const zero = arrays.thresholds.indexOf(0);
  if (zero >= 0) fail(`threshold ${zero} is 0, so its bit would always be set`);
}

function checkColumns({ columns, bits }: QuantilesHeader, fail: (text: string) => void): void {
  const sum = columns.reduce(
    (total, c) => total + (c.kind === 'numeric' ? c.thresholds : c.categories.length),
    0,
  );
  if (bits !== sum) fail(`field "bits" is ${bits}, but the columns make ${sum}`);
  if (new Set(columns.map(({ name }) => name)).size < columns.length) {
    fail('field "columns" has a name twice');
  }
  for (const column of columns) {
    if (column.kind === 'numeric') continue;
    if (new Set(column.categories).size < column.categories.length) {
      fail(`column "${column.name}" has a category twice`);
    }
  }
}

/** @throws FederationError `file-corrupt` unless each numeric column's thresholds are finite and ascend */
export function checkThresholds(
  header: QuantilesHeader,
  thresholds: Float64Array,
  what: string,
): void {
  const fail = (text: string) => {
    throw new FederationError('file-corrupt', `${what}: ${text}; make the file again`);
  };
  if (thresholds.length !== thresholdCount(header)) {
    fail(`${thresholds.length} thresholds, but the columns declare ${thresholdCount(header)}`);
  }
  let at = 0;
  for (const column of header.columns) {
    if (column.kind !== 'numeric') continue;
    for (let t = 0; t < column.thresholds; t++, at++) {
      if (!Number.isFinite(thresholds[at])) fail(`a threshold of "${column.name}" is not finite`);
      if (t > 0 && thresholds[at] <= thresholds[at - 1]) {
        fail(`the thresholds of "${column.name}" do not ascend`);
      }
    }
  }
}
