/**
 * The extractor file. Its SHA-256 is the extractor's identity. All numbers are little-endian:
 *
 * | bytes | meaning |
 * |---|---|
 * | 0–3 | `FHBX` |
 * | 4–5 | u16 version, 1 |
 * | 6–7 | u16, 0 |
 * | 8–11 | u32 h, bytes of the header |
 * | 12 … 12+h | header: canonical JSON (RFC 8785) in UTF-8 |
 * | then, for kind `patches` | f32 weights[size²·channels·filters], u16 features[bits], u16 thresholds[bits] |
 * | or, for kind `quantiles` | f64 thresholds of the numeric columns, in their order |
 * | or, for kinds `vae` and `tfjs` | the arrays of `vae-file.ts` and `tfjs-file.ts` |
 * | last 4 | CRC-32C of everything before |
 */
import { crc32c } from '../codec/crc32c.js';
import { FederationError } from '../protocol/errors.js';
import { parse, parseJson } from '../protocol/parse.js';
import { canonicalJson } from '../task/hash.js';
import {
  arrayBytes,
  checkArrays,
  checkHeader,
  checkThresholds,
  extractorHeaderSchema,
  type PatchArrays,
  type PatchesHeader,
  type PixelsHeader,
  type QuantilesHeader,
  thresholdCount,
  weightCount,
} from './file-header.js';
import {
  checkTfjsArrays,
  readTfjsArrays,
  type TfjsArrays,
  type TfjsHeader,
  writeTfjsArrays,
} from './tfjs-file.js';
import {
  checkVaeArrays,
  readVaeArrays,
  type VaeArrays,
  type VaeHeader,
  writeVaeArrays,
} from './vae-file.js';

const MAGIC = 'FHBX';
const VERSION = 1;
const PREAMBLE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const LARGEST_HEADER = 64 * 1024;
const LARGEST_FILE = 16 * 1024 * 1024;

/** What an extractor file holds. */
export type ExtractorFile =
  | { readonly header: PixelsHeader }
  | { readonly header: PatchesHeader; readonly arrays: PatchArrays }
  | { readonly header: QuantilesHeader; readonly thresholds: Float64Array }
  | { readonly header: VaeHeader; readonly encoder: VaeArrays }
  | { readonly header: TfjsHeader; readonly model: TfjsArrays };

/** @throws FederationError `bad-request` or `file-corrupt` for contents that no decoder would take */
export function encodeExtractorFile(file: ExtractorFile): Uint8Array {
  const what = `extractor ${file.header.name}`;
  const header = parse(extractorHeaderSchema, file.header, what);
  checkHeader(header, what);
  const text = new TextEncoder().encode(canonicalJson(header));
  const bytes = new Uint8Array(PREAMBLE_BYTES + text.length + arrayBytes(header) + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint16(4, VERSION, true);
  view.setUint32(8, text.length, true);
  bytes.set(text, PREAMBLE_BYTES);
  let at = PREAMBLE_BYTES + text.length;
  if ('arrays' in file) {
    const { weights, features, thresholds } = file.arrays;
    checkArrays(file.header, file.arrays, what);
    for (const weight of weights) {
      view.setFloat32(at, weight, true);
      at += 4;
    }
    for (const value of [...features, ...thresholds]) {
      view.setUint16(at, value, true);
      at += 2;
    }
  }
  if ('encoder' in file) {
    checkVaeArrays(file.header, file.encoder, what);
    at = writeVaeArrays(view, at, file.encoder);
  }
  if ('model' in file) {
    checkTfjsArrays(file.header, file.model, what);
    at = writeTfjsArrays(view, at, file.model);
  }
  if ('thresholds' in file) {
    checkThresholds(file.header, file.thresholds, what);
    for (const threshold of file.thresholds) {
      view.setFloat64(at, threshold, true);
      at += 8;
    }
  }
  view.setUint32(at, crc32c(bytes.subarray(0, at)), true);
  return bytes;
}

/**
 * Reads an extractor file. Nothing is allocated before the declared sizes are checked.
 * @param what names the file in errors
 * @throws FederationError `file-corrupt` naming the field and the remedy
 */
export function decodeExtractorFile(bytes: Uint8Array, what = 'extractor file'): ExtractorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(bytes, view, what);
  if (header.kind === 'pixels') return { header };
  let at = bytes.length - CHECKSUM_BYTES - arrayBytes(header);
  if (header.kind === 'vae') {
    const encoder = readVaeArrays(view, at, header);
    checkVaeArrays(header, encoder, what);
    return { header, encoder };
  }
  if (header.kind === 'tfjs') return { header, model: readTfjsArrays(view, at, header) };
  if (header.kind === 'quantiles') {
    const thresholds = new Float64Array(thresholdCount(header));
    for (let i = 0; i < thresholds.length; i++, at += 8) thresholds[i] = view.getFloat64(at, true);
    checkThresholds(header, thresholds, what);
    return { header, thresholds };
  }
  const weights = new Float32Array(weightCount(header));
  for (let i = 0; i < weights.length; i++, at += 4) weights[i] = view.getFloat32(at, true);
  const features = new Uint16Array(header.bits);
  for (let i = 0; i < features.length; i++, at += 2) features[i] = view.getUint16(at, true);
  const thresholds = new Uint16Array(header.bits);
  for (let i = 0; i < thresholds.length; i++, at += 2) thresholds[i] = view.getUint16(at, true);
  const arrays: PatchArrays = { weights, features, thresholds };
  checkArrays(header, arrays, what);
  return { header, arrays };
}

function readHeader(bytes: Uint8Array, view: DataView, what: string) {
  const { length } = bytes;
  if (length < PREAMBLE_BYTES + CHECKSUM_BYTES) {
    throw corrupt(what, `${length} bytes are too few for an extractor file`);
  }
  if (length > LARGEST_FILE) {
    throw corrupt(what, `${length} bytes are more than the ${LARGEST_FILE} allowed`);
  }
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC) {
    throw corrupt(what, `field "magic" is not ${MAGIC}, so it is not an extractor file`);
  }
  const version = view.getUint16(4, true);
  if (version !== VERSION || view.getUint16(6, true) !== 0) {
    throw corrupt(what, `field "version" is ${version}, but only version ${VERSION} is read`);
  }
  const headerLength = view.getUint32(8, true);
  const room = length - PREAMBLE_BYTES - CHECKSUM_BYTES;
  if (headerLength > LARGEST_HEADER || headerLength > room) {
    throw corrupt(what, `field "header length" is ${headerLength}, beyond the file or its limit`);
  }
  if (view.getUint32(length - CHECKSUM_BYTES, true) !== crc32c(bytes.subarray(0, length - 4))) {
    throw corrupt(what, 'field "checksum" does not match: the file is truncated or damaged');
  }
  const raw = bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + headerLength);
  const text = readText(raw, what);
  const header = parseJson(extractorHeaderSchema, text, what, 'file-corrupt');
  if (canonicalJson(header) !== text) throw corrupt(what, 'the header is not canonical JSON');
  checkHeader(header, what);
  const expected = arrayBytes(header);
  if (room - headerLength !== expected) {
    throw corrupt(
      what,
      `${room - headerLength} bytes follow the header, but it declares ${expected}`,
    );
  }
  return header;
}

/** Exactly: a lenient decoder would read other bytes, or a byte order mark, as the same text. */
function readText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw corrupt(what, 'the header is not UTF-8');
  }
}

function corrupt(what: string, problem: string): FederationError {
  return new FederationError('file-corrupt', `${what}: ${problem}; get or make the file again`);
}
