/**
 * Trains a head on one client's latent bits: the straight-through estimator on latent weights
 * (BinaryNet, arXiv 1602.02830), norm-free with a fixed scale.
 *
 * A trainer is made once per task and worker and serves any number of clients in turn; it keeps
 * nothing of one client that could reach the next.
 */
import { type Address, bitRowBytes, type LayerStep, laneStride } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import { Random } from '../random/random.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import { scheduleFactor } from '../rules/schedule.js';
import { clientSeed } from '../rules/seeds.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { checkHead, parameterCount } from './head.js';
import { HeadMemory, type LayerMemory } from './head-memory.js';
import type { LabeledBits } from './labeled-bits.js';
import { loadTiles, storeTiles, tiledLength } from './latents.js';
import { createOptimizer, type Optimizer } from './optimizer.js';
import type { EpochProgress, LocalTraining, LocalUpdate } from './train-locally.js';

/** What training adds to a layer's buffers. */
interface TrainedMemory {
  /** Feature-major f32 [neurons][batch]: ∂loss/∂product. */
  readonly gradient: Address;
  /** Bit matrix [inputs][neurons]; 0 for the first layer, which passes no gradient on. */
  readonly weightsTransposed: Address;
  readonly inputTransposed: Address;
  /** Tile-major f32; 0 where the layer is not trained. */
  readonly latents: Address;
}

export interface TrainingRun {
  readonly data: LabeledBits;
  /** Which rows of the data to train on; all of them if absent. */
  readonly samples?: Uint32Array | undefined;
  readonly epochs: number;
  readonly learningRate: number;
  /** Root of the order of the samples. */
  readonly seed: Seed;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
}

export class LocalTrainer {
  private readonly extra: readonly TrainedMemory[];
  private readonly optimizer: Optimizer;

  private constructor(
    private readonly memory: HeadMemory,
    private readonly task: Task,
  ) {
    const { kernels, layers, maxBatch } = memory;
    const allocate = (bytes: number) => kernels.memory.allocate(bytes);
    this.extra = layers.map((layer, l) => ({
      gradient: allocate(4 * layer.neurons * laneStride(maxBatch)),
      weightsTransposed: l === 0 ? 0 : allocate(layer.inputs * bitRowBytes(layer.neurons)),
      inputTransposed: allocate(layer.inputs * bitRowBytes(maxBatch)),
      latents: layer.trained ? allocate(4 * tiledLength(layer)) : 0,
    }));
    this.optimizer = createOptimizer(kernels, task.training.optimizer, layers);
    layers.forEach((layer, l) => {
      if (!layer.trained) this.transposeWeights(layer, this.extra[l]);
    });
  }

  /** @throws FederationError `bad-request` if the parts of the task do not fit together */
  static async create(
    task: Task,
    options: { readonly kernels?: 'auto' | 'simd' | 'reference' } = {},
  ): Promise<LocalTrainer> {
    checkHead(task);
    const kernels = await loadKernels({ kind: options.kernels ?? 'auto' });
    return new LocalTrainer(new HeadMemory(kernels, task, task.training.batch), task);
  }

  /** One client's part of a round, from the global model to the rule's payload. */
  trainLocally(training: LocalTraining): LocalUpdate {
    const { task } = this;
    const { federation, training: settings } = task;
    const rule = ruleFor(federation.rule);
    const context = roundContext(task, training.round, parameterCount(task));
    const seed = clientSeed(training.roundSeed, training.client);
    this.load(training.global);
    const loss = this.run({
      data: training.data,
      samples: training.samples,
      epochs: settings.epochs,
      learningRate:
        settings.optimizer.learningRate * scheduleFactor(training.round, federation.rounds),
      seed,
      onEpoch: training.onEpoch,
    });
    const payload = rule.encode(this.latents(), training.global, context, seed);
    return { payload, loss, samples: (training.samples ?? training.data.labels).length };
  }

  /** Sets latents and weights to a global model's, and the optimizer to its start. */
  load(model: GlobalModel): void {
    const { memory } = this;
    memory.loadWeights(model);
    memory.layers.forEach((layer, l) => {
      if (!layer.trained) return;
      const tiles = memory.floats(this.extra[l].latents, tiledLength(layer));
      loadTiles(model, layer.offset, layer, tiles);
    });
    this.optimizer.reset();
  }

  /** Trains for some epochs on what is loaded. Returns the last epoch's mean loss. */
  run(run: TrainingRun): number {
    const { data, epochs } = run;
    checkLabeledBits(this.task, data);
    const chosen = run.samples ?? Uint32Array.from(data.labels, (_, i) => i);
    const samples = chosen.length;
    const batchSize = this.task.training.batch;
    const order = new Uint32Array(samples);
    let mean = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      order.set(chosen);
      new Random(deriveSeed(run.seed, 'epoch', epoch)).shuffle(order);
      let sum = 0;
      for (let start = 0; start < samples; start += batchSize) {
        const batch = order.subarray(start, Math.min(start + batchSize, samples));
        sum += this.step(data, batch, run.learningRate) * batch.length;
      }
      mean = sum / samples;
      run.onEpoch?.({ epoch, epochs, loss: mean });
    }
    return mean;
  }

  /**
   * One training step on the given samples (at most the task's batch size of them).
   * @returns the mean loss before the step
   */
  step(data: LabeledBits, samples: Uint32Array, learningRate: number): number {
    const { memory, extra } = this;
    const { kernels, layers } = memory;
    const batch = samples.length;
    memory.loadBatch(data, samples);
    memory.forward(batch);

    const last = layers.length - 1;
    const output = layers[last];
    const loss = kernels.softmaxCrossEntropy(
      output.product,
      this.task.head.logitScale / Math.sqrt(output.inputs),
      memory.labels,
      output.neurons,
      batch,
      extra[last].gradient,
    );
    for (let l = last; l > 0; l--) this.backward(l, batch);
    this.optimizer.nextStep();
    for (let l = 0; l <= last; l++) if (layers[l].trained) this.update(l, batch, learningRate);
    return loss;
  }

  /** The trained latents in parameter order, as f32 in [−1, 1]. */
  latents(): Float32Array {
    const all = new Float32Array(parameterCount(this.task));
    this.memory.layers.forEach((layer, l) => {
      if (!layer.trained) return;
      const tiles = this.memory.floats(this.extra[l].latents, tiledLength(layer));
      storeTiles(tiles, layer.offset, layer, all);
    });
    return all;
  }

  /** ∂loss/∂product of layer l − 1 from that of layer l, through the sign of its activations. */
  private backward(l: number, batch: number): void {
    const { layers, kernels } = this.memory;
    const layer = layers[l];
    const below = layers[l - 1];
    if (layer.trained) this.transposeWeights(layer, this.extra[l]);
    kernels.signProduct(
      this.extra[l].weightsTransposed,
      layer.inputs,
      layer.neurons,
      this.extra[l].gradient,
      laneStride(batch),
      1,
      batch,
      this.extra[l - 1].gradient,
    );
    // |z / √K| ≤ 1 is |z| ≤ ⌊√K⌋ for an integer z; the factor 1/√K belongs to ∂(z/√K)/∂z.
    kernels.maskGradient(
      below.product,
      Math.floor(Math.sqrt(below.inputs)),
      1 / Math.sqrt(below.inputs),
      below.neurons,
      batch,
      this.extra[l - 1].gradient,
    );
  }

  private update(l: number, batch: number, learningRate: number): void {
    const layer = this.memory.layers[l];
    const extra = this.extra[l];
    this.memory.kernels.transposeBits(layer.input, batch, layer.inputs, extra.inputTransposed);
    const step: LayerStep = {
      neurons: layer.neurons,
      inputs: layer.inputs,
      batch,
      inputsTransposed: extra.inputTransposed,
      gradient: extra.gradient,
      latents: extra.latents,
      weights: layer.weights,
    };
    this.optimizer.update(l, step, learningRate);
  }

  private transposeWeights(layer: LayerMemory, extra: TrainedMemory): void {
    this.memory.kernels.transposeBits(
      layer.weights,
      layer.neurons,
      layer.inputs,
      extra.weightsTransposed,
    );
  }
}
