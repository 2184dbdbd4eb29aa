// The kernels in WebAssembly SIMD. `../reference.ts` is their specification, `../kernels.ts` their
// layouts; every float operation stands here in the same order.

export { activate, maskGradient } from './activation';
export { packSigns, transposeBits } from './bits';
export { allocate } from './memory';
export { adamStep, sgdStep } from './optimizer';
export { signProduct } from './sign-product';
export { softmaxCrossEntropy } from './softmax';
export { xnorProduct } from './xnor';
