/**
 * Prediction alone, for pages that do not train: loads an exported head and runs it on single samples
 * by bitwise WebAssembly, in a few kilobytes.
 */
export {
  type ExportedHead,
  type ExportedLayer,
  encodeHead,
  type HeadMetadata,
} from './head-file.js';
export { type InferenceHead, loadHead } from './inference-head.js';
