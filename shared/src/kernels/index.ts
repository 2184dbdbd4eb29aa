export { BitMatrix } from './bits.js';
export {
  type AdamStep,
  type Address,
  bitRowBytes,
  type KernelMemory,
  type Kernels,
  type LayerStep,
  laneStride,
  type SgdStep,
} from './kernels.js';
export { type LoadOptions, loadKernels } from './load.js';
export { cosPi, exp, log, powerOfTwo } from './math.js';
