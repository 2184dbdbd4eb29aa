/** What the fused optimizer steps take. */
import type { Address } from './memory-layout.js';

/** What an optimizer step needs to know of a layer. */
export interface LayerStep {
  readonly neurons: number;
  readonly inputs: number;
  readonly batch: number;
  /** Bit matrix [inputs][batch]: the layer's inputs, transposed. */
  readonly inputsTransposed: Address;
  /** Feature-major f32 [neurons][batch]: ∂loss/∂z, where z is the layer's integer product. */
  readonly gradient: Address;
  /** Tile-major f32 latents, updated in place. */
  readonly latents: Address;
  /** Bit matrix [neurons][inputs], rewritten. */
  readonly weights: Address;
}

/** Scalars of one Adam step, each rounded to f32 before use. */
export interface AdamStep {
  /** Tile-major f32, like the latents. */
  readonly firstMoment: Address;
  readonly secondMoment: Address;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε; at least {@link SMALLEST_EPSILON} is used. */
  readonly epsilon: number;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) for this step t ≥ 1. */
  readonly correction1: number;
  readonly correction2: number;
}

/** Scalars of one SGD step, each rounded to f32 before use. */
export interface SgdStep {
  /** Tile-major f32, like the latents; neither read nor written by plain SGD. */
  readonly momentumBuffer: Address;
  readonly learningRate: number;
  /** μ in [0, 1); 0 is plain SGD: h ← h − lr·dW. */
  readonly momentum: number;
}

/** Scalars of one Bop step, each rounded to f32 before use. */
export interface BopStep {
  /** Tile-major f32, like the latents: m. */
  readonly movingAverage: Address;
  /** γ in (0, 1]. */
  readonly gamma: number;
  /** τ ≥ 0. */
  readonly threshold: number;
}

/** 2⁻²⁴, the finest unit of any rule's fixed-point latents. */
export const SMALLEST_LATENT = 5.9604644775390625e-8;

/** 2⁻¹²⁶, the smallest normal f32: with moments of 0 an Adam step is 0/ε, which must not be 0/0. */
export const SMALLEST_EPSILON = 1.1754943508222875e-38;
