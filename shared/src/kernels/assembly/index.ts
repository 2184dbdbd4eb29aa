// The kernels in WebAssembly SIMD. `../reference.ts` is their specification, `../kernels.ts` their
// layouts; every float operation stands here in the same order.
export { allocate } from './memory';
export { transposeBits, packSigns } from './bits';
export { xnorProduct } from './xnor';
export { activate, maskGradient } from './activation';
export { signProduct } from './sign-product';
export { adamStep, sgdStep } from './optimizer';
export { softmaxCrossEntropy } from './softmax';
