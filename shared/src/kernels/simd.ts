/** Connects the WebAssembly SIMD module to the {@link Kernels} interface: numbers, no work. */
import {
  type AdamStep,
  type Address,
  type KernelMemory,
  type Kernels,
  type LayerStep,
  type SgdStep,
  SMALLEST_EPSILON,
} from './kernels.js';

/** The most bytes an address in 32 signed bits can reach; also the largest i32, plus one. */
const LIMIT = 2 ** 31;

/** What the module exports: `assembly/index.ts`. */
interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): Address;
  packSigns: Kernels['packSigns'];
  transposeBits: Kernels['transposeBits'];
  xnorProduct: Kernels['xnorProduct'];
  signProduct: Kernels['signProduct'];
  activate: Kernels['activate'];
  maskGradient: Kernels['maskGradient'];
  softmaxCrossEntropy: Kernels['softmaxCrossEntropy'];
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
}

/** A fresh instance, with a memory of its own. */
export async function createSimdKernels(module: WebAssembly.Module): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, {});
  return new SimdKernels(instance.exports as unknown as ModuleExports);
}

class SimdKernels implements Kernels {
  readonly name = 'simd';
  readonly memory: KernelMemory;
  readonly packSigns: Kernels['packSigns'];
  readonly transposeBits: Kernels['transposeBits'];
  readonly xnorProduct: Kernels['xnorProduct'];
  readonly signProduct: Kernels['signProduct'];
  readonly activate: Kernels['activate'];
  readonly softmaxCrossEntropy: Kernels['softmaxCrossEntropy'];

  constructor(private readonly wasm: ModuleExports) {
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
    this.xnorProduct = wasm.xnorProduct;
    this.signProduct = wasm.signProduct;
    this.activate = wasm.activate;
    this.softmaxCrossEntropy = wasm.softmaxCrossEntropy;
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
}
