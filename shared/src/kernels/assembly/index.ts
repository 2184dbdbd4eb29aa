// The kernels in WebAssembly SIMD. `../reference.ts` is their specification, `../kernels.ts` their
// layouts; every float operation stands here in the same order.

export { activate, maskGradient } from './activation';
export { packSigns, transposeBits } from './bits';
export {
  fold,
  maxPool,
  maxPoolGradient,
  reshapeBits,
  unflattenGradient,
  unfold,
} from './convolution';
export { allocate } from './memory';
export { adamStep, bopStep, packLatents, sgdStep } from './optimizer';
export { meanMagnitudes } from './scaling';
export { signProduct } from './sign-product';
export { scaledSoftmaxCrossEntropy, softmaxCrossEntropy } from './softmax';
export { sigmoidCrossEntropy, squaredHinge } from './target-loss';
export { xnorBytes } from './xnor-bytes';
export { xnorNibbles } from './xnor-nibbles';
export { xnorTables } from './xnor-tables';
export { xnorWords } from './xnor-words';
