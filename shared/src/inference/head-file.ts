/**
 * The file of an exported head: what a device needs to predict, and nothing of training.
 * Little-endian; every section starts at a multiple of 16.
 *
 *   offset  size  field
 *        0     4  magic "FHBI"
 *        4     2  version, 1
 *        6     2  layers
 *        8     4  metadata length m
 *       12     4  zero
 *       16     m  metadata, JSON in UTF-8: {@link HeadMetadata}
 *  then, for each layer:
 *              4  inputs k
 *              4  neurons n
 *              4  planes p, 1 or 2
 *              4  scaled, 0 or 1; 1 for the last layer only
 *             4n  thresholds, i32: a neuron fires where its product is at least this
 *             4n  if scaled: f32 factors of the products
 *  p·n·rowBytes(k) weights: planes' bit matrices one after the other
 *  and last:   4  CRC-32C of everything before
 */
import { crc32c } from '../codec/crc32c.js';
import type { BitMatrix } from '../kernels/bits.js';

export const HEAD_MAGIC = 0x49424846; // "FHBI" read as a little-endian u32
export const HEAD_VERSION = 1;

/** What a head says of itself. */
export interface HeadMetadata {
  readonly title: string;
  /** Names of the outputs, in their order; of a lone output, those of no and yes. */
  readonly labels: readonly string[];
  /** SHA-256 of the extractor file that makes the head's input bits; absent if it takes raw bits. */
  readonly extractor?: string;
  /** Where the weights came from: a model hash, a publication with its licence. */
  readonly source?: string;
}

/** A layer: the product of a neuron is the sum of its ±1 products over the planes. */
export interface ExportedLayer {
  /** One matrix [neurons][inputs], or two of them (ternary weights are half their sum). */
  readonly planes: readonly BitMatrix[];
  /** [neurons], of the sum over the planes. */
  readonly thresholds: Int32Array;
  /** [neurons], positive factors of the last layer's products; all 1 if absent. */
  readonly scales?: Float32Array | undefined;
}

export interface ExportedHead {
  readonly metadata: HeadMetadata;
  readonly layers: readonly ExportedLayer[];
}

/** The bytes of an exported head. The parts are trusted to fit together. */
export function encodeHead({ metadata, layers }: ExportedHead): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(metadata));
  const sections: Uint8Array[] = [
    words(HEAD_MAGIC, HEAD_VERSION | (layers.length << 16), text.length, 0),
    text,
  ];
  for (const { planes, thresholds, scales } of layers) {
    const [{ cols, rows }] = planes;
    sections.push(words(cols, rows, planes.length, scales ? 1 : 0), littleEndian(thresholds));
    if (scales) sections.push(littleEndian(scales));
    for (const { bytes } of planes) sections.push(bytes);
  }
  const padded = (length: number) => (length + 15) & ~15;
  const length = sections.reduce((sum, section) => sum + padded(section.length), 0);
  const file = new Uint8Array(length + 4);
  let offset = 0;
  for (const section of sections) {
    file.set(section, offset);
    offset += padded(section.length);
  }
  new DataView(file.buffer).setUint32(length, crc32c(file.subarray(0, length)), true);
  return file;
}

function words(...values: number[]): Uint8Array {
  return littleEndian(Int32Array.from(values));
}

function littleEndian(values: Int32Array | Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    if (values instanceof Float32Array) view.setFloat32(4 * i, value, true);
    else view.setInt32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
