/** Checksums that fit. */
import { crc32c } from '../codec/crc32c.js';

/** Writes the CRC-32C of all bytes but the last four into the last four. */
export function sealLast(bytes: Uint8Array): void {
  if (bytes.length < 4) return;
  const at = bytes.length - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(at, crc32c(bytes.subarray(0, at)), true);
}

/** As {@link sealLast}, after writing the payload length that a frame of so many bytes has. */
export function sealFrame(bytes: Uint8Array): void {
  if (bytes.length >= 88 && (bytes[83] & 1) === 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    view.setUint32(80, bytes.length - 88, true);
  }
  sealLast(bytes);
}
