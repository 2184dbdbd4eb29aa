import type { Address, KernelMemory } from './memory-layout.js';
import type { AdamStep, BopStep, LayerStep, SgdStep } from './optimizer-steps.js';
import type { KernelsName, ProductChoice } from './product-choice.js';

export { type Address, bitRowBytes, type KernelMemory, laneStride } from './memory-layout.js';

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
 * - **Feature map**: bits of `height` × `width` pixels with `channels` bits each. *Flat*, it is a bit
 *   matrix [batch][height·width·channels] in the order [y][x][channel]; by pixels, a bit matrix
 *   [batch·height·width][channels] or a feature-major matrix [channels][batch·height·width], pixels
 *   in the order [sample][y][x].
 * - **Tile-major latents** `[⌈neurons/16⌉][inputs][16]` of f32: element (n, k) stands at
 *   `((n >> 4) · inputs + k) · 16 + (n & 15)`. Lanes of absent neurons stay 0.
 *
 * All addresses are byte offsets into {@link KernelMemory.buffer}, 16-byte aligned. Arguments are
 * trusted: the callers in `network/` size every buffer.
 */
export interface Kernels {
  /** Which implementation this is, for display and benchmarks; never to branch on. */
  readonly name: KernelsName;
  /** How this implementation makes XNOR-popcount products; all ways give the same integers. */
  readonly products: ProductChoice;
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
   * As {@link Kernels.softmaxCrossEntropy} with logits = scales[n] · z[n], a scale for each class;
   * within 2⁻¹⁸ for logits up to 64.
   * @param scales f32 [classes], each ≥ 0
   */
  scaledSoftmaxCrossEntropy(
    z: Address,
    scales: Address,
    labels: Address,
    classes: number,
    batch: number,
    gradient: Address,
  ): number;

  /**
   * Sigmoid cross-entropy: each output n is a yes-or-no question of its own, with the probability
   * σ(x) of yes for x = scales[n] · z[n]. The loss ln(1 + e^∓x) (− for yes) is summed over the
   * outputs and averaged over the batch; its gradient is ∂loss/∂z. f32 arithmetic: probabilities and
   * the loss of an output stand within 2⁻¹⁹ of the exact ones, the loss relatively where it is above 1.
   * @param z feature-major i32 [outputs][batch]
   * @param scales f32 [outputs]
   * @param targets bit matrix [outputs][batch]: a set bit means yes
   * @param gradient out: feature-major f32 [outputs][batch]
   * @returns the mean loss, an f32 value
   */
  sigmoidCrossEntropy: TargetLoss;

  /**
   * Squared hinge, one against all (BinaryNet, arXiv 1602.02830, §2.1): max(0, 1 − t·x)² for
   * t = +1 (yes) or −1 and x = scales[n] · z[n], summed over the outputs and averaged over the batch,
   * with its gradient ∂loss/∂z. Operands and error bounds as in {@link Kernels.sigmoidCrossEntropy}:
   * slopes within 2⁻¹⁹ · max(1, |x|), the loss within 2⁻¹⁹ · max(1, loss).
   */
  squaredHinge: TargetLoss;

  /**
   * Fused dW + Adam (arXiv 1412.6980) + clip + re-pack for one layer:
   * dW[n][k] = Σ_b dz[n][b] · x[b][k] (as a sign × float product), one Adam step on the latents,
   * clip to [−1, 1], weights[n][k] = latent ≥ 0. A latent that is not a number becomes −1.
   */
  adamStep(layer: LayerStep, adam: AdamStep): void;

  /** As {@link Kernels.adamStep} with SGD and (heavy-ball) momentum: m ← μ·m + dW; h ← h − lr·m. */
  sgdStep(layer: LayerStep, sgd: SgdStep): void;

  /**
   * As {@link Kernels.adamStep} with Bop (Helwegen et al., arXiv 1906.02107, algorithm 1):
   * m ← (1 − γ)·m + γ·dW; a weight flips where |m| > τ and sign(m) is its own. A latent whose weight
   * flips changes its sign and keeps its size; 0, which has no sign to change, becomes
   * −{@link SMALLEST_LATENT}. A latent whose gradient is not a number stays.
   */
  bopStep(layer: LayerStep, bop: BopStep): void;

  /**
   * bits[n][k] = latent[n][k] ≥ threshold, packed.
   * @param latents tile-major f32
   * @param threshold rounded to f32 before use
   * @param bits out: bit matrix [neurons][inputs]
   */
  packLatents(
    latents: Address,
    threshold: number,
    neurons: number,
    inputs: number,
    bits: Address,
  ): void;

  /**
   * out[n] = (Σ_k |latent[n][k]|) / inputs, added in the order of k: the scaling factors α of
   * XNOR-Net (arXiv 1603.05279, eq. 6).
   * @param latents tile-major f32
   * @param out f32 [neurons], with room for {@link laneStride}(neurons)
   */
  meanMagnitudes(latents: Address, neurons: number, inputs: number, out: Address): void;

  /**
   * The 3×3 neighborhoods of every pixel (im2col; stride 1, "same" padding): bit t·channels + c of
   * pixel (b, y, x) is channel c of pixel (b, y + ky − 1, x + kx − 1), where t = 3·ky + kx. Pixels
   * outside the map are −1. A convolution is then the product of filters and neighborhoods.
   * @param map flat bit matrix [batch][height·width·channels]
   * @param out bit matrix [batch·height·width][9·channels]
   */
  unfold(
    map: Address,
    batch: number,
    height: number,
    width: number,
    channels: number,
    out: Address,
  ): void;

  /**
   * The gradient of {@link Kernels.unfold} (col2im): each pixel gets the sum of the gradients of its
   * copies, in the order of t.
   * @param gradient feature-major f32 [9·channels][batch·height·width]
   * @param out feature-major f32 [channels][batch·height·width]
   */
  fold(
    gradient: Address,
    batch: number,
    height: number,
    width: number,
    channels: number,
    out: Address,
  ): void;

  /**
   * 2×2 max-pooling with stride 2, on integers: out = largest − offset. An odd last row or column is
   * left out.
   * @param z feature-major i32 [features][batch·height·width]
   * @param out feature-major i32 [features][batch·⌊height/2⌋·⌊width/2⌋]
   * @param winners out: a byte each, laid out as `out`: 2·dy + dx of the largest, the first among equals
   */
  maxPool(
    z: Address,
    offset: number,
    features: number,
    batch: number,
    height: number,
    width: number,
    out: Address,
    winners: Address,
  ): void;

  /**
   * The gradient of {@link Kernels.maxPool}: to the winner, 0 to the others.
   * @param gradient feature-major f32 [features][batch·⌊height/2⌋·⌊width/2⌋]
   * @param height of the map before pooling
   * @param out feature-major f32 [features][batch·height·width]
   */
  maxPoolGradient(
    gradient: Address,
    winners: Address,
    features: number,
    batch: number,
    height: number,
    width: number,
    out: Address,
  ): void;

  /**
   * The same bits in rows of another length, such as a feature map by pixels made flat.
   * @param src bit matrix [rows][cols]
   * @param dst bit matrix [rows·cols/newCols][newCols]; newCols divides rows·cols
   */
  reshapeBits(src: Address, rows: number, cols: number, dst: Address, newCols: number): void;

  /**
   * Gradient of a flat feature map, by pixels: out[c][b·pixels + p] = gradient[p·channels + c][b].
   * @param gradient feature-major f32 [pixels·channels][batch]
   * @param out feature-major f32 [channels][batch·pixels]
   */
  unflattenGradient(
    gradient: Address,
    batch: number,
    pixels: number,
    channels: number,
    out: Address,
  ): void;
}

/** A loss against bits, one an output. */
export type TargetLoss = (
  z: Address,
  scales: Address,
  targets: Address,
  outputs: number,
  batch: number,
  gradient: Address,
) => number;
