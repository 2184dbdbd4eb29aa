/**
 * What a file of kind `vae` holds: its header, and after it, little-endian,
 *
 *   f32 scales[hidden], i32 biases[hidden], i32 thresholds[bits],
 *   i8 first[pixel values][hidden], i8 second[hidden][bits].
 */
import * as z from 'zod/mini';
import { FederationError } from '../protocol/errors.js';
import { imageFields, note, side } from './header-fields.js';

/** How the binary latents were trained. */
export const VAE_VARIANTS = ['bernoulli', 'concrete', 'denoising'] as const;

export type VaeVariant = (typeof VAE_VARIANTS)[number];

export const vaeHeaderSchema = z.strictObject({
  kind: z.literal('vae'),
  ...imageFields,
  /** Units between pixels and latents. */
  hidden: side(4096),
  variant: z.enum(VAE_VARIANTS),
  trainedOn: note,
});

export type VaeHeader = z.infer<typeof vaeHeaderSchema>;

/** The encoder in integers; how they are used stands in `vae.ts`. */
export interface VaeArrays {
  /** Of a hidden unit, from its sum to 0 … 255; [hidden]. */
  readonly scales: Float32Array;
  /** [hidden]. */
  readonly biases: Int32Array;
  /** [bits]. */
  readonly thresholds: Int32Array;
  /** [pixel values][hidden]. */
  readonly first: Int8Array;
  /** [hidden][bits]. */
  readonly second: Int8Array;
}

/** Pixel values whose weighted sum, with the largest bias, an i32 holds. */
const LARGEST_INPUT = 32_768;
const LARGEST_BIAS = 1 << 30;

/** Bytes between the header and the checksum. */
export function vaeArrayBytes(header: VaeHeader): number {
  const { hidden, bits } = header;
  return 8 * hidden + 4 * bits + hidden * (valueCount(header) + bits);
}

export function checkVaeHeader(header: VaeHeader, fail: (text: string) => void): void {
  const values = valueCount(header);
  if (values > LARGEST_INPUT) {
    fail(`field "input" has ${values} values, more than ${LARGEST_INPUT}`);
  }
}

/** @throws FederationError `file-corrupt` for lengths or values that no training can give */
export function checkVaeArrays(header: VaeHeader, arrays: VaeArrays, what: string): void {
  const fail = (text: string) => {
    throw new FederationError('file-corrupt', `${what}: ${text}; make the file again`);
  };
  const { hidden, bits } = header;
  for (const [name, length] of [
    ['scales', hidden],
    ['biases', hidden],
    ['thresholds', bits],
    ['first', valueCount(header) * hidden],
    ['second', hidden * bits],
  ] as const) {
    const present = arrays[name].length;
    if (present !== length) fail(`field "${name}" holds ${present} numbers, not ${length}`);
  }
  arrays.scales.forEach((scale, h) => {
    if (!(scale > 0 && Number.isFinite(scale))) fail(`scale ${h} is ${scale}, not positive`);
  });
  arrays.biases.forEach((bias, h) => {
    if (Math.abs(bias) > LARGEST_BIAS) fail(`bias ${h} is ${bias}, beyond ±2³⁰`);
  });
}

/** Writes the arrays from byte `at` on; returns where they end. */
export function writeVaeArrays(view: DataView, start: number, arrays: VaeArrays): number {
  const { scales, biases, thresholds, first, second } = arrays;
  let at = start;
  for (const scale of scales) {
    view.setFloat32(at, scale, true);
    at += 4;
  }
  for (const values of [biases, thresholds]) {
    for (const value of values) {
      view.setInt32(at, value, true);
      at += 4;
    }
  }
  const bytes = new Int8Array(view.buffer, view.byteOffset, view.byteLength);
  bytes.set(first, at);
  bytes.set(second, at + first.length);
  return at + first.length + second.length;
}

/** Reads what {@link writeVaeArrays} wrote; copies. */
export function readVaeArrays(view: DataView, start: number, header: VaeHeader): VaeArrays {
  const { hidden, bits } = header;
  let at = start;
  const numbers = <T extends Float32Array | Int32Array>(into: T, read: (at: number) => number) => {
    for (let i = 0; i < into.length; i++, at += 4) into[i] = read(at);
    return into;
  };
  const integer = (byte: number) => view.getInt32(byte, true);
  const scales = numbers(new Float32Array(hidden), (byte) => view.getFloat32(byte, true));
  const biases = numbers(new Int32Array(hidden), integer);
  const thresholds = numbers(new Int32Array(bits), integer);
  const bytes = new Int8Array(view.buffer, view.byteOffset, view.byteLength);
  const middle = at + valueCount(header) * hidden;
  const first = bytes.slice(at, middle);
  const second = bytes.slice(middle, middle + hidden * bits);
  return { scales, biases, thresholds, first, second };
}

/** Values of an image. */
function valueCount({ input }: VaeHeader): number {
  return input.width * input.height * input.channels;
}
