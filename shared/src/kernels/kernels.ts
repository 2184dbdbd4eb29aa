/**
 * The kernels: the only code that touches every weight of a binary head.
 *
 * A `Kernels` object is a *connector* to one implementation (WebAssembly SIMD, plain TypeScript).
 * It knows addresses in a linear memory, bits and numbers. It must not know what a layer, a loss
 * schedule, a round or a client is; nothing above it may know which implementation runs. Every
 * implementation gives the same bytes as `reference.ts`, which is the specification.
 *
 * ## Layouts
 *
 * - **Bit matrix** `[rows][cols]`: row-major; a row takes {@link bitRowBytes}(cols) bytes, that is
 *   `cols` bits rounded up to 128. Bit `c` of a row is bit `c % 8` (LSB first) of byte `c >> 3`.
 *   A set bit means +1, a clear bit −1. Padding bits are 0 and stay 0.
 * - **Feature-major matrix** `[features][batch]` of f32 or i32: a row takes {@link laneStride}(batch)
 *   elements, that is `batch` rounded up to 16. Activations, logits and gradients are feature-major.
 *   Padding elements may hold anything after a call and are never read as data.
 * - **Tile-major latents** `[⌈neurons/16⌉][inputs][16]` of f32: element (n, k) stands at
 *   `((n >> 4) · inputs + k) · 16 + (n & 15)`. Lanes of absent neurons stay 0.
 *
 * All addresses are byte offsets into {@link KernelMemory.buffer}, 16-byte aligned. Arguments are
 * trusted: the callers in `network/` size every buffer.
 */
export interface Kernels {
  /** Which implementation this is, for display and benchmarks; never to branch on. */
  readonly name: 'simd' | 'reference';
  readonly memory: KernelMemory;

  /** bits[r][c] = src[r][c] ≥ 0, for an f32 matrix whose rows are `stride` elements apart. */
  packSigns(src: Address, rows: number, cols: number, stride: number, bits: Address): void;

  /** dst[c][r] = src[r][c]: transposes a bit matrix of `rows` × `cols`. */
  transposeBits(src: Address, rows: number, cols: number, dst: Address): void;

  /**
   * The XNOR-popcount product: out[n][b] = Σ_k w[n][k] · x[b][k] over ±1 values, an integer in
   * [−inputs, inputs] (XNOR-Net, arXiv 1603.05279, §3.2).
   * @param weights bit matrix [neurons][inputs]
   * @param inputBits bit matrix [batch][inputs]
   * @param out feature-major i32 [neurons][batch]
   */
  xnorProduct(
    weights: Address,
    inputBits: Address,
    neurons: number,
    batch: number,
    inputs: number,
    out: Address,
  ): void;

  /**
   * The sign × float product: out[r][v] = Σ_s (bits[r][s] ? +1 : −1) · f[s][v].
   * The order of the additions is fixed by `reference.ts`.
   * @param bits bit matrix [rows][terms]
   * @param f f32 elements at `f + 4·(s·termStride + v·laneStride)`; so the same routine takes a
   *   feature-major gradient as it stands (dX) or transposed (dW)
   * @param out f32 [rows][lanes], rows {@link laneStride}(lanes) elements apart
   */
  signProduct(
    bits: Address,
    rows: number,
    terms: number,
    f: Address,
    termStride: number,
    laneStride: number,
    lanes: number,
    out: Address,
  ): void;

  /**
   * Binary activation: bits[b][n] = z[n][b] ≥ threshold[n], packed.
   * @param z feature-major i32 [neurons][batch]
   * @param thresholds i32 [neurons], or 0 for all-zero thresholds
   * @param bits out: bit matrix [batch][neurons]
   */
  activate(z: Address, thresholds: Address, neurons: number, batch: number, bits: Address): void;

  /**
   * Straight-through estimator with clipped identity (BinaryNet, arXiv 1602.02830, §1.3):
   * gradient[n][b] = |z[n][b]| ≤ limit ? gradient[n][b] · scale : 0, in place. A limit of +∞ lets
   * every gradient pass.
   * @param z feature-major i32 [neurons][batch]
   * @param gradient feature-major f32 [neurons][batch]
   */
  maskGradient(
    z: Address,
    limit: number,
    scale: number,
    neurons: number,
    batch: number,
    gradient: Address,
  ): void;

  /**
   * Softmax cross-entropy of logits = scale · z, averaged over the batch, with its gradient
   * ∂loss/∂z (so `scale` > 0 and 1/batch are in it). f32 arithmetic: probabilities and the loss
   * stand within 2⁻¹⁹ of the exact ones, the loss relatively where it is above 1.
   * @param z feature-major i32 [classes][batch]
   * @param labels i32 [batch], each in [0, classes)
   * @param gradient out: feature-major f32 [classes][batch]
   * @returns the mean loss, an f32 value
   */
  softmaxCrossEntropy(
    z: Address,
    scale: number,
    labels: Address,
    classes: number,
    batch: number,
    gradient: Address,
  ): number;

  /**
   * Fused dW + Adam (arXiv 1412.6980) + clip + re-pack for one layer:
   * dW[n][k] = Σ_b dz[n][b] · x[b][k] (as a sign × float product), one Adam step on the latents,
   * clip to [−1, 1], weights[n][k] = latent ≥ 0. A latent that is not a number becomes −1.
   */
  adamStep(layer: LayerStep, adam: AdamStep): void;

  /** As {@link Kernels.adamStep} with SGD and (heavy-ball) momentum: m ← μ·m + dW; h ← h − lr·m. */
  sgdStep(layer: LayerStep, sgd: SgdStep): void;
}

/** A byte offset into the linear memory, 16-byte aligned. */
export type Address = number;

/** Linear memory with one owner; allocations live as long as the `Kernels` object. */
export interface KernelMemory {
  /** The memory as it is now; an {@link allocate} may replace it, so do not keep views across one. */
  readonly buffer: ArrayBuffer;
  /** Returns `bytes` zeroed bytes, 16-byte aligned. Throws `RangeError` past the memory's limit. */
  allocate(bytes: number): Address;
}

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
  /** Tile-major f32, like the latents. */
  readonly momentumBuffer: Address;
  readonly learningRate: number;
  /** μ in [0, 1); 0 is plain SGD. */
  readonly momentum: number;
}

/** 2⁻¹²⁶, the smallest normal f32: with moments of 0 an Adam step is 0/ε, which must not be 0/0. */
export const SMALLEST_EPSILON = 1.1754943508222875e-38;

/** Bytes of one row of a bit matrix with `cols` columns: `cols` bits rounded up to 128. */
export function bitRowBytes(cols: number): number {
  return ((cols + 127) >> 7) << 4;
}

/** Elements of one row of a feature-major matrix with `batch` columns: rounded up to 16. */
export function laneStride(batch: number): number {
  return (batch + 15) & ~15;
}
