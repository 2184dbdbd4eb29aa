/** Connects a WebAssembly SIMD module to the {@link Kernels} interface: numbers, no work. */
import type { Address, KernelMemory, Kernels } from './kernels.js';
import {
  type AdamStep,
  type BopStep,
  type LayerStep,
  type SgdStep,
  SMALLEST_EPSILON,
} from './optimizer-steps.js';
import { type KernelsName, MANY_SAMPLES, type ProductAlgorithm } from './product-choice.js';

/** The most bytes an address in 32 signed bits can reach; also the largest i32, plus one. */
const LIMIT = 2 ** 31;

/** What the module exports: `assembly/index.ts`. */
interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): Address;
  packSigns: Kernels['packSigns'];
  transposeBits: Kernels['transposeBits'];
  xnorWords: Kernels['xnorProduct'];
  xnorBytes: Kernels['xnorProduct'];
  xnorNibbles: Kernels['xnorProduct'];
  xnorTables: Kernels['xnorProduct'];
  signProduct: Kernels['signProduct'];
  activate: Kernels['activate'];
  maskGradient: Kernels['maskGradient'];
  softmaxCrossEntropy: Kernels['softmaxCrossEntropy'];
  scaledSoftmaxCrossEntropy: Kernels['scaledSoftmaxCrossEntropy'];
  sigmoidCrossEntropy: Kernels['sigmoidCrossEntropy'];
  squaredHinge: Kernels['squaredHinge'];
  packLatents: Kernels['packLatents'];
  meanMagnitudes: Kernels['meanMagnitudes'];
  unfold: Kernels['unfold'];
  fold: Kernels['fold'];
  maxPool: Kernels['maxPool'];
  maxPoolGradient: Kernels['maxPoolGradient'];
  reshapeBits: Kernels['reshapeBits'];
  unflattenGradient: Kernels['unflattenGradient'];
  adamStep(
    neurons: number,
    inputs: number,
    batch: number,
    inputsTransposed: Address,
    gradient: Address,
    latents: Address,
    weights: Address,
    firstMoment: Address,
    secondMoment: Address,
    beta1: number,
    beta2: number,
    rate: number,
    correction2: number,
    epsilon: number,
  ): void;
  sgdStep(
    neurons: number,
    inputs: number,
    batch: number,
    inputsTransposed: Address,
    gradient: Address,
    latents: Address,
    weights: Address,
    momentumBuffer: Address,
    momentum: number,
    rate: number,
  ): void;
  bopStep(
    neurons: number,
    inputs: number,
    batch: number,
    inputsTransposed: Address,
    gradient: Address,
    latents: Address,
    weights: Address,
    movingAverage: Address,
    gamma: number,
    threshold: number,
  ): void;
}

/** One way for each shape of product. */
export interface SimdProducts {
  readonly few: ProductAlgorithm;
  readonly many: ProductAlgorithm;
}

/** A fresh instance, with a memory of its own. */
export async function createSimdKernels(
  module: WebAssembly.Module,
  name: KernelsName,
  products: SimdProducts,
): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, {});
  return new SimdKernels(instance.exports as unknown as ModuleExports, name, products);
}

class SimdKernels implements Kernels {
  readonly memory: KernelMemory;
  readonly packSigns: Kernels['packSigns'];
  readonly transposeBits: Kernels['transposeBits'];
  readonly signProduct: Kernels['signProduct'];
  readonly activate: Kernels['activate'];
  readonly softmaxCrossEntropy: Kernels['softmaxCrossEntropy'];
  readonly scaledSoftmaxCrossEntropy: Kernels['scaledSoftmaxCrossEntropy'];
  readonly sigmoidCrossEntropy: Kernels['sigmoidCrossEntropy'];
  readonly squaredHinge: Kernels['squaredHinge'];
  readonly packLatents: Kernels['packLatents'];
  readonly meanMagnitudes: Kernels['meanMagnitudes'];
  readonly unfold: Kernels['unfold'];
  readonly fold: Kernels['fold'];
  readonly maxPool: Kernels['maxPool'];
  readonly maxPoolGradient: Kernels['maxPoolGradient'];
  readonly reshapeBits: Kernels['reshapeBits'];
  readonly unflattenGradient: Kernels['unflattenGradient'];

  private readonly few: Kernels['xnorProduct'];
  private readonly many: Kernels['xnorProduct'];

  constructor(
    private readonly wasm: ModuleExports,
    readonly name: KernelsName,
    readonly products: SimdProducts,
  ) {
    this.memory = {
      get buffer() {
        return wasm.memory.buffer;
      },
      allocate(bytes) {
        // WebAssembly would take the size modulo 2³².
        const address = bytes >= 0 && bytes <= LIMIT ? wasm.allocate(bytes) >>> 0 : 0;
        if (address === 0) throw new RangeError(`no room for ${bytes} bytes of kernel memory`);
        return address;
      },
    };
    this.packSigns = wasm.packSigns;
    this.transposeBits = wasm.transposeBits;
    this.signProduct = wasm.signProduct;
    this.activate = wasm.activate;
    this.softmaxCrossEntropy = wasm.softmaxCrossEntropy;
    this.scaledSoftmaxCrossEntropy = wasm.scaledSoftmaxCrossEntropy;
    this.sigmoidCrossEntropy = wasm.sigmoidCrossEntropy;
    this.squaredHinge = wasm.squaredHinge;
    this.packLatents = wasm.packLatents;
    this.meanMagnitudes = wasm.meanMagnitudes;
    this.unfold = wasm.unfold;
    this.fold = wasm.fold;
    this.maxPool = wasm.maxPool;
    this.maxPoolGradient = wasm.maxPoolGradient;
    this.reshapeBits = wasm.reshapeBits;
    this.unflattenGradient = wasm.unflattenGradient;
    const ways = {
      words: wasm.xnorWords,
      bytes: wasm.xnorBytes,
      nibbles: wasm.xnorNibbles,
      tables: wasm.xnorTables,
    };
    this.few = ways[products.few];
    this.many = ways[products.many];
  }

  xnorProduct(
    weights: Address,
    inputBits: Address,
    neurons: number,
    batch: number,
    inputs: number,
    out: Address,
  ): void {
    const product = batch < MANY_SAMPLES ? this.few : this.many;
    product(weights, inputBits, neurons, batch, inputs, out);
  }

  maskGradient(
    z: Address,
    limit: number,
    scale: number,
    neurons: number,
    batch: number,
    gradient: Address,
  ): void {
    // An integer z compares with any limit as with its floor; +∞ is no i32.
    const whole = Math.min(Math.floor(limit), LIMIT - 1);
    this.wasm.maskGradient(z, whole, scale, neurons, batch, gradient);
  }

  adamStep(layer: LayerStep, adam: AdamStep): void {
    const f = Math.fround;
    this.wasm.adamStep(
      layer.neurons,
      layer.inputs,
      layer.batch,
      layer.inputsTransposed,
      layer.gradient,
      layer.latents,
      layer.weights,
      adam.firstMoment,
      adam.secondMoment,
      adam.beta1,
      adam.beta2,
      f(f(adam.learningRate) * f(adam.correction1)),
      adam.correction2,
      Math.max(f(adam.epsilon), SMALLEST_EPSILON),
    );
  }

  sgdStep(layer: LayerStep, sgd: SgdStep): void {
    this.wasm.sgdStep(
      layer.neurons,
      layer.inputs,
      layer.batch,
      layer.inputsTransposed,
      layer.gradient,
      layer.latents,
      layer.weights,
      sgd.momentumBuffer,
      sgd.momentum,
      sgd.learningRate,
    );
  }
  bopStep(layer: LayerStep, bop: BopStep): void {
    this.wasm.bopStep(
      layer.neurons,
      layer.inputs,
      layer.batch,
      layer.inputsTransposed,
      layer.gradient,
      layer.latents,
      layer.weights,
      bop.movingAverage,
      bop.gamma,
      bop.threshold,
    );
  }
}
