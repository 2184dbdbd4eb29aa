/** Data that many threads read: one copy, in shared memory. */
import { BitMatrix, type GlobalModel, type LabeledBits } from '@fedhybnn/shared';

/** The same samples in shared memory. */
export function shareBits(data: LabeledBits): LabeledBits {
  const bytes = new Uint8Array(new SharedArrayBuffer(data.bits.bytes.length));
  bytes.set(data.bits.bytes);
  const labels = new Int32Array(new SharedArrayBuffer(4 * data.labels.length));
  labels.set(data.labels);
  return { bits: new BitMatrix(data.bits.rows, data.bits.cols, bytes), labels };
}

/** The same model in shared memory. */
export function shareModel(model: GlobalModel): GlobalModel {
  const buffer = new SharedArrayBuffer(model.latents.byteLength);
  const latents =
    model.latents instanceof Int16Array ? new Int16Array(buffer) : new Int32Array(buffer);
  latents.set(model.latents);
  return { ...model, latents };
}
