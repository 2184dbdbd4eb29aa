export { BitMatrix } from './bits.js';
export { describeKernels } from './describe.js';
export {
  type Address,
  bitRowBytes,
  type KernelMemory,
  type Kernels,
  laneStride,
} from './kernels.js';
export { type LoadOptions, loadKernels } from './load.js';
export { cosPi, exp, log, powerOfTwo } from './math.js';
export type { AdamStep, BopStep, LayerStep, SgdStep } from './optimizer-steps.js';
