/**
 * The one binary envelope: a fixed header, a payload, a checksum. Little-endian.
 *
 *   offset  size  field
 *        0     4  magic "FHBN"
 *        4     1  frame version, 1
 *        5     1  kind: 1 update, 2 step, 3 model, 4 labeled bits,
 *                5 dictionary update, 6 dictionary state
 *        6     1  rule id; 0 where no rule is meant
 *        7     1  flags; meaning by kind, 0 if none
 *        8    32  task hash
 *       40    32  hash of the base model; zeros where it has no meaning
 *       72     4  round
 *       76     4  parameter count (labeled bits: samples; dictionary update: integers)
 *       80     4  payload length p
 *       84     p  payload
 *   84 + p     4  CRC-32C of everything before
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type ErrorCode, FederationError } from '../protocol/errors.js';
import { crc32c } from './crc32c.js';

export const FRAME_KINDS = {
  update: 1,
  step: 2,
  model: 3,
  bits: 4,
  'dictionary-update': 5,
  'dictionary-state': 6,
} as const;
export type FrameKind = keyof typeof FRAME_KINDS;

/** Stands where a hash has no meaning. */
export const ZERO_HASH = '0'.repeat(64);
const MAGIC = 0x4e424846; // "FHBN" read as a little-endian u32
const VERSION = 1;
const HEADER = 84;
/** Bytes that a frame adds to its payload. */
export const FRAME_OVERHEAD = HEADER + 4;

/** A frame's fields; see the table above. */
export interface Frame {
  readonly kind: FrameKind;
  /** u8 */
  readonly rule: number;
  /** u8 */
  readonly flags: number;
  /** 64 hexadecimal digits. */
  readonly taskHash: string;
  readonly baseHash: string;
  /** u32, as is the parameter count. */
  readonly round: number;
  readonly parameters: number;
  readonly payload: Uint8Array;
}

/** The bytes of a frame. The fields are trusted: they come from our own code. */
export function encodeFrame(frame: Frame): Uint8Array {
  const { payload } = frame;
  const bytes = new Uint8Array(FRAME_OVERHEAD + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes[4] = VERSION;
  bytes[5] = FRAME_KINDS[frame.kind];
  bytes[6] = frame.rule;
  bytes[7] = frame.flags;
  bytes.set(hexToBytes(frame.taskHash), 8);
  bytes.set(hexToBytes(frame.baseHash), 40);
  view.setUint32(72, frame.round, true);
  view.setUint32(76, frame.parameters, true);
  view.setUint32(80, payload.length, true);
  bytes.set(payload, HEADER);
  view.setUint32(HEADER + payload.length, crc32c(bytes.subarray(0, -4)), true);
  return bytes;
}

/**
 * Reads a frame; the payload is a view of `bytes`, nothing is allocated for it.
 * @param kind the only kind that is accepted
 * @param maxBytes larger input is refused before it is looked at
 * @param fileCode for frames that are files: one code for every defect
 * @throws FederationError `frame-truncated`, `frame-oversized` or `frame-corrupt`, or `fileCode`
 */
export function decodeFrame(
  bytes: Uint8Array,
  kind: FrameKind,
  maxBytes: number,
  fileCode?: ErrorCode,
): Frame {
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FederationError(fileCode ?? code, `${kind} frame: ${message}`);
  };
  if (bytes.length > maxBytes) {
    refuse(
      'frame-oversized',
      `${bytes.length} bytes, but at most ${maxBytes} are allowed; send a frame of the task's own rule`,
    );
  }
  if (bytes.length < FRAME_OVERHEAD) {
    refuse('frame-truncated', `${bytes.length} bytes are fewer than a header; send it again`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) {
    refuse(
      'frame-corrupt',
      'field "magic" is not FHBN, so this is no frame; check what is being sent',
    );
  }
  if (bytes[4] !== VERSION) {
    refuse(
      'frame-corrupt',
      `field "version" is ${bytes[4]}, but ${VERSION} is spoken; update the software`,
    );
  }
  if (bytes[5] !== FRAME_KINDS[kind]) {
    refuse(
      'frame-corrupt',
      `field "kind" is ${bytes[5]}, not ${FRAME_KINDS[kind]}; check what is being sent`,
    );
  }
  const length = view.getUint32(80, true);
  if (length > bytes.length - FRAME_OVERHEAD) {
    refuse(
      'frame-truncated',
      `field "payload length" says ${length} bytes, but ${bytes.length - FRAME_OVERHEAD} are there; send it again`,
    );
  }
  if (length < bytes.length - FRAME_OVERHEAD) {
    refuse(
      'frame-corrupt',
      `${bytes.length - FRAME_OVERHEAD - length} bytes stand after the payload; send it again`,
    );
  }
  if (view.getUint32(HEADER + length, true) !== crc32c(bytes.subarray(0, -4))) {
    refuse('frame-corrupt', 'field "checksum" does not fit the contents; send it again');
  }
  return {
    kind,
    rule: bytes[6],
    flags: bytes[7],
    taskHash: bytesToHex(bytes.subarray(8, 40)),
    baseHash: bytesToHex(bytes.subarray(40, 72)),
    round: view.getUint32(72, true),
    parameters: view.getUint32(76, true),
    payload: bytes.subarray(HEADER, HEADER + length),
  };
}
