export { decodeBitsFile, encodeBitsFile } from './bits-file.js';
export {
  type CoarseBits,
  type CoarseModelFile,
  decodeCoarseModel,
  encodeCoarseModel,
} from './coarse-model-file.js';
export { crc32c } from './crc32c.js';
export { decodeFrame, encodeFrame, FRAME_OVERHEAD, type Frame, type FrameKind } from './frame.js';
export { decodeModel, encodeModel } from './model-file.js';
export {
  decodeStep,
  decodeUpdate,
  encodeStep,
  encodeUpdate,
  type RoundBinding,
  updateFrameBytes,
} from './round-frame.js';
export { sha256Hex } from './sha256.js';
