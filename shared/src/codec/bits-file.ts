/**
 * Labeled latent bits as a file: an operator's evaluation set.
 *
 * Frame of kind `bits`, bound to no task: parameters = samples; flags 0: one label a sample, 1:
 * multi-label; payload = bits a sample u32, classes u32, the rows (each from a new byte, least
 * significant bit first, unused bits 0), then the labels u16, or for multi-label a row of bits a
 * sample, one bit a label.
 */
import { BitMatrix } from '../kernels/bits.js';
import { bitRowBytes } from '../kernels/kernels.js';
import type { LabeledBits } from '../network/labeled-bits.js';
import { FederationError } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import { decodeFrame, encodeFrame, ZERO_HASH } from './frame.js';

/** Largest number of bits a sample, and of classes. */
const LARGEST = 65_536;

/**
 * In memory a row is padded to 16 bytes: a large file of narrow rows would take many times its size.
 * Bytes.
 */
const LARGEST_MATRIX = 2 * LIMITS.file;

const MULTI_LABEL = 1;

/** @param classes how many labels there are; every label is below it, targets have a column each */
export function encodeBitsFile(data: LabeledBits, classes: number): Uint8Array {
  const { bits } = data;
  const rows = bits.toCompact();
  const truth = 'targets' in data ? data.targets.toCompact() : encodeLabels(data.labels);
  const payload = new Uint8Array(8 + rows.length + truth.length);
  const view = new DataView(payload.buffer);
  view.setUint32(0, bits.cols, true);
  view.setUint32(4, classes, true);
  payload.set(rows, 8);
  payload.set(truth, 8 + rows.length);
  return encodeFrame({
    kind: 'bits',
    rule: 0,
    flags: 'targets' in data ? MULTI_LABEL : 0,
    taskHash: ZERO_HASH,
    baseHash: ZERO_HASH,
    round: 0,
    parameters: bits.rows,
    payload,
  });
}

function encodeLabels(labels: Int32Array): Uint8Array {
  const bytes = new Uint8Array(2 * labels.length);
  const view = new DataView(bytes.buffer);
  labels.forEach((label, i) => {
    view.setUint16(2 * i, label, true);
  });
  return bytes;
}

/** @throws FederationError `file-corrupt` naming the field */
export function decodeBitsFile(bytes: Uint8Array): LabeledBits & { readonly classes: number } {
  const frame = decodeFrame(bytes, 'bits', LIMITS.file, 'file-corrupt');
  const { payload, parameters: samples } = frame;
  const bound = frame.taskHash !== ZERO_HASH || frame.baseHash !== ZERO_HASH || frame.round !== 0;
  if (bound || frame.rule !== 0) refuse('a field that must be 0 is not');
  if (frame.flags > MULTI_LABEL) refuse(`field "flags" is ${frame.flags}, neither 0 nor 1`);
  if (samples === 0) refuse('field "samples" is 0');
  if (payload.length < 8) refuse(`${payload.length} bytes of payload are fewer than its head`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const cols = view.getUint32(0, true);
  const classes = view.getUint32(4, true);
  if (cols < 1 || cols > LARGEST) refuse(`field "bits" is ${cols}, outside 1…${LARGEST}`);
  if (classes < 1 || classes > LARGEST)
    refuse(`field "classes" is ${classes}, outside 1…${LARGEST}`);
  const rowBytes = Math.ceil(cols / 8);
  const multiLabel = frame.flags === MULTI_LABEL;
  const size = 8 + samples * (rowBytes + (multiLabel ? Math.ceil(classes / 8) : 2));
  if (payload.length !== size) {
    refuse(
      `${samples} samples of ${cols} bits take ${size} bytes of payload, not ${payload.length}`,
    );
  }
  const widest = Math.max(bitRowBytes(cols), multiLabel ? bitRowBytes(classes) : 0);
  if (samples * widest > LARGEST_MATRIX) {
    refuse(`${samples} samples take more than ${LARGEST_MATRIX} bytes of memory; use fewer`);
  }
  const truth = payload.subarray(8 + samples * rowBytes);
  const bits = decodeRows(samples, cols, payload.subarray(8, 8 + samples * rowBytes));
  return multiLabel
    ? { bits, targets: decodeRows(samples, classes, truth), classes }
    : { bits, labels: decodeLabels(truth, classes), classes };
}

function decodeRows(samples: number, cols: number, compact: Uint8Array): BitMatrix {
  const rowBytes = Math.ceil(cols / 8);
  const unused = cols % 8 === 0 ? 0 : 0xff & (0xff << (cols % 8));
  for (let i = 0; i < samples; i++) {
    if (compact[(i + 1) * rowBytes - 1] & unused) refuse(`sample ${i} has bits after the last`);
  }
  return BitMatrix.fromCompact(samples, cols, compact);
}

function decodeLabels(bytes: Uint8Array, classes: number): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length >> 1 }, (_, i) => {
    const label = view.getUint16(2 * i, true);
    if (label >= classes) refuse(`label ${label} of sample ${i} is outside 0…${classes - 1}`);
    return label;
  });
}

function refuse(message: string): never {
  throw new FederationError('file-corrupt', `bits file: ${message}; make it again`);
}
