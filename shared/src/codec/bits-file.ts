/**
 * Labeled latent bits as a file: an operator's evaluation set.
 *
 * Frame of kind `bits`, bound to no task: parameters = samples; payload = bits a sample u32, classes
 * u32, the rows (each from a new byte, least significant bit first, unused bits 0), the labels u16.
 */
import { BitMatrix } from '../kernels/bits.js';
import type { LabeledBits } from '../network/labeled-bits.js';
import { FederationError } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import { decodeFrame, encodeFrame, ZERO_HASH } from './frame.js';

/** Largest number of bits a sample, and of classes. */
const LARGEST = 65_536;

/** @param classes how many labels there are; every label is below it */
export function encodeBitsFile(data: LabeledBits, classes: number): Uint8Array {
  const { bits, labels } = data;
  const rows = bits.toCompact();
  const payload = new Uint8Array(8 + rows.length + 2 * labels.length);
  const view = new DataView(payload.buffer);
  view.setUint32(0, bits.cols, true);
  view.setUint32(4, classes, true);
  payload.set(rows, 8);
  labels.forEach((label, i) => {
    view.setUint16(8 + rows.length + 2 * i, label, true);
  });
  return encodeFrame({
    kind: 'bits',
    rule: 0,
    flags: 0,
    taskHash: ZERO_HASH,
    baseHash: ZERO_HASH,
    round: 0,
    parameters: labels.length,
    payload,
  });
}

/** @throws FederationError `file-corrupt` naming the field */
export function decodeBitsFile(bytes: Uint8Array): LabeledBits & { readonly classes: number } {
  const frame = decodeFrame(bytes, 'bits', LIMITS.file, 'file-corrupt');
  const { payload, parameters: samples } = frame;
  const refuse = (message: string): never => {
    throw new FederationError('file-corrupt', `bits file: ${message}; make it again`);
  };
  const bound = frame.taskHash !== ZERO_HASH || frame.baseHash !== ZERO_HASH || frame.round !== 0;
  if (bound || frame.rule !== 0 || frame.flags !== 0) refuse('a field that must be 0 is not');
  if (samples === 0) refuse('field "samples" is 0');
  if (payload.length < 8) refuse(`${payload.length} bytes of payload are fewer than its head`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const cols = view.getUint32(0, true);
  const classes = view.getUint32(4, true);
  if (cols < 1 || cols > LARGEST) refuse(`field "bits" is ${cols}, outside 1…${LARGEST}`);
  if (classes < 1 || classes > LARGEST)
    refuse(`field "classes" is ${classes}, outside 1…${LARGEST}`);
  const rowBytes = Math.ceil(cols / 8);
  const size = 8 + samples * (rowBytes + 2);
  if (payload.length !== size) {
    refuse(
      `${samples} samples of ${cols} bits take ${size} bytes of payload, not ${payload.length}`,
    );
  }
  const rows = payload.subarray(8, 8 + samples * rowBytes);
  const unused = cols % 8 === 0 ? 0 : 0xff & (0xff << (cols % 8));
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    if (rows[(i + 1) * rowBytes - 1] & unused) refuse(`sample ${i} has bits after the last`);
    labels[i] = view.getUint16(8 + rows.length + 2 * i, true);
    if (labels[i] >= classes)
      refuse(`label ${labels[i]} of sample ${i} is outside 0…${classes - 1}`);
  }
  return { bits: BitMatrix.fromCompact(samples, cols, rows), labels, classes };
}
