/**
 * How data reach a layer's product with its weights and leave it. This is all in which kinds of
 * layers differ: the product itself, its gradients and the optimizer's step see matrices, whose
 * columns are samples for a dense layer and pixels of samples for a convolution.
 */
import type { Address, Kernels } from '../kernels/kernels.js';
import type { LayerShape } from './layer-shape.js';

/** Buffers of the forward pass, dimensioned for the largest batch, and the way through them. */
export interface LayerFlow {
  /** Flat bit matrix [batch][map]: samples, or the activations of the layer below. */
  readonly features: Address;
  /** Bit matrix [batch·positions][inputs]: the layer's input. */
  readonly input: Address;
  /** Feature-major i32 [neurons][batch·positions]: the integer product. */
  readonly product: Address;
  /** Feature-major i32 [neurons][batch·outputs]: what the sign is taken of; may be `product`. */
  readonly preactivation: Address;
  /** Pixels that a sample has after the layer's pooling; 1 for a dense layer. */
  readonly outputs: number;
  /** features → input. */
  gather(batch: number): void;
  /** product → preactivation → signs, as the features of the layer above. */
  activate(batch: number, features: Address): void;
  /**
   * Allocates the buffers of the backward pass.
   * @param below the preactivation gradient of the layer below; 0 for the first layer
   */
  backward(below: Address): LayerBackflow;
}

/** The backward pass of a {@link LayerFlow}: f32 matrices, feature-major. */
export interface LayerBackflow {
  /** [neurons][batch·positions]: ∂loss/∂product. */
  readonly gradient: Address;
  /** [neurons][batch·outputs]: ∂loss/∂preactivation; may be `gradient`. */
  readonly preactivationGradient: Address;
  /** [inputs][batch·positions]: ∂loss/∂input; 0 for the first layer, which passes none on. */
  readonly inputGradient: Address;
  /** preactivationGradient → gradient. */
  unpool(batch: number): void;
  /** inputGradient → the preactivation gradient of the layer below, before its sign's mask. */
  scatter(batch: number): void;
}

/** Allocates the forward buffers of a layer of one kind. */
export type MakeLayerFlow = (kernels: Kernels, shape: LayerShape, maxBatch: number) => LayerFlow;
