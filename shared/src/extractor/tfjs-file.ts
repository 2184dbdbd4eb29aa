/**
 * What a file of kind `tfjs` holds: a header, and after it, little-endian,
 *
 *   i16 thresholds[bits], the model's topology as JSON in UTF-8, its weights.
 *
 * The model is inside, so that the file's hash names it, too.
 */
import * as z from 'zod/mini';
import { FederationError } from '../protocol/errors.js';
import { imageFields, note, side } from './header-fields.js';
import { rotationLength } from './rotation.js';

const LARGEST_PART = 16 * 1024 * 1024;
const bytes = z.int().check(z.minimum(0), z.maximum(LARGEST_PART));

export const tfjsHeaderSchema = z.strictObject({
  kind: z.literal('tfjs'),
  ...imageFields,
  /** A Keras model, or the graph of a SavedModel. */
  format: z.enum(['layers', 'graph']),
  /** The layer or node whose values are the features; empty: the model's own output. */
  output: z.string().check(z.maxLength(500)),
  /** What pixels are scaled to: 0 … 1, −1 … 1, or left 0 … 255. */
  range: z.enum(['unit', 'signed', 'byte']),
  /** Values of the output for an image. */
  features: side(1_048_576),
  /** Seed of the random rotation. */
  rotation: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** Coordinates are compared as multiples of 2^−fractionBits, in 16 bits. */
  fractionBits: z.int().check(z.minimum(-16), z.maximum(24)),
  topologyBytes: bytes,
  weightBytes: bytes,
  /** What the thresholds were fitted on. */
  trainedOn: note,
  /** Share of that sample's coordinates within one quantum of their threshold. */
  guardBand: z.number().check(z.gte(0), z.lte(1)),
});

export type TfjsHeader = z.infer<typeof tfjsHeaderSchema>;

export interface TfjsArrays {
  /** [bits], in 2^−fractionBits. */
  readonly thresholds: Int16Array;
  readonly topology: Uint8Array;
  readonly weights: Uint8Array;
}

/** Bytes between the header and the checksum. */
export function tfjsArrayBytes({ bits, topologyBytes, weightBytes }: TfjsHeader): number {
  return 2 * bits + topologyBytes + weightBytes;
}

export function checkTfjsHeader(
  { bits, features }: TfjsHeader,
  fail: (text: string) => void,
): void {
  const most = rotationLength(features);
  if (bits > most) fail(`field "bits" is ${bits}, but ${features} features make at most ${most}`);
}

/** @throws FederationError `file-corrupt` for lengths that are not the header's */
export function checkTfjsArrays(header: TfjsHeader, arrays: TfjsArrays, what: string): void {
  for (const [name, length] of [
    ['thresholds', header.bits],
    ['topology', header.topologyBytes],
    ['weights', header.weightBytes],
  ] as const) {
    const present = arrays[name].length;
    if (present === length) continue;
    throw new FederationError(
      'file-corrupt',
      `${what}: field "${name}" holds ${present} numbers, not ${length}; make the file again`,
    );
  }
}

/** Writes the arrays from byte `start` on; returns where they end. */
export function writeTfjsArrays(view: DataView, start: number, arrays: TfjsArrays): number {
  const { thresholds, topology, weights } = arrays;
  thresholds.forEach((value, i) => {
    view.setInt16(start + 2 * i, value, true);
  });
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const at = start + 2 * thresholds.length;
  bytes.set(topology, at);
  bytes.set(weights, at + topology.length);
  return at + topology.length + weights.length;
}

/** Reads what {@link writeTfjsArrays} wrote; copies. */
export function readTfjsArrays(view: DataView, start: number, header: TfjsHeader): TfjsArrays {
  const { bits, topologyBytes, weightBytes } = header;
  const thresholds = Int16Array.from({ length: bits }, (_, i) =>
    view.getInt16(start + 2 * i, true),
  );
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const at = start + 2 * bits;
  const topology = bytes.slice(at, at + topologyBytes);
  return {
    thresholds,
    topology,
    weights: bytes.slice(at + topologyBytes, at + topologyBytes + weightBytes),
  };
}
