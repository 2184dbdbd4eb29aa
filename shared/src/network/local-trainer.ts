/**
 * Trains a head on one client's latent bits: the straight-through estimator on latent weights
 * (BinaryNet, arXiv 1602.02830), norm-free with a fixed scale.
 *
 * A trainer is made once per task and worker and serves any number of clients in turn; it keeps
 * nothing of one client that could reach the next.
 */
import { type Address, bitRowBytes, laneStride } from '../kernels/kernels.js';
import { type LoadOptions, loadKernels } from '../kernels/load.js';
import type { LayerStep } from '../kernels/optimizer-steps.js';
import type { Seed } from '../random/seed.js';
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import { scheduleFactor } from '../rules/schedule.js';
import { clientSeed } from '../rules/seeds.js';
import type { Task } from '../task/task.js';
import type { BatchNorm } from './batch-norm.js';
import { checkLabeledBits } from './check-data.js';
import { runEpochs } from './epochs.js';
import { checkHead, parameterCount } from './head.js';
import { HeadMemory, type HeadOptions, type LayerMemory } from './head-memory.js';
import type { LabeledBits } from './labeled-bits.js';
import { loadTiles, storeTiles, tiledLength } from './latents.js';
import type { LayerBackflow } from './layer-flow.js';
import { planes, repackTernary } from './layer-weights.js';
import { createLoss, type Loss } from './loss.js';
import { createOptimizer, initialRate, type Optimizer } from './optimizer.js';
import { throughSign, throughWeights } from './straight-through.js';
import type { EpochProgress, LocalTraining, LocalUpdate } from './train-locally.js';

/** What training adds to a layer's buffers. */
interface TrainedMemory extends LayerBackflow {
  /** Bit matrix [inputs][neurons]; 0 for the first layer, which passes no gradient on. */
  readonly weightsTransposed: Address;
  /** Bit matrix [inputs][batch·positions]. */
  readonly inputTransposed: Address;
  /** Tile-major f32; 0 where the layer is not trained. */
  readonly latents: Address;
  /** f32 [neurons], mean |latent|; 0 unless the weights are scaled. */
  readonly magnitudes: Address;
}

export interface TrainingRun {
  readonly data: LabeledBits;
  /** Which rows of the data to train on; all of them if absent. */
  readonly samples?: Uint32Array | undefined;
  readonly epochs: number;
  /** For Bop its γ. */
  readonly learningRate: number;
  /** Root of the order of the samples. */
  readonly seed: Seed;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
}

/** A global model in the kernels' layouts; nothing for layers that are not trained. */
interface LoadedModel {
  readonly model: GlobalModel;
  readonly layers: readonly (
    | { readonly tiles: Float32Array; readonly weights: Uint8Array }
    | undefined
  )[];
}

export class LocalTrainer {
  private readonly extra: readonly TrainedMemory[];
  private readonly optimizer: Optimizer;
  private readonly loss: Loss;
  /** The model that was loaded last, as the kernels hold it: the clients of a round share it. */
  private loaded: LoadedModel | undefined;
  /** What `trainLocally` reads the trained latents into. */
  private readonly trained: Float32Array;

  private constructor(
    private readonly memory: HeadMemory,
    private readonly task: Task,
  ) {
    const { kernels, layers, maxBatch } = memory;
    const allocate = (bytes: number) => kernels.memory.allocate(bytes);
    let below: Address = 0;
    this.extra = layers.map((layer, l) => {
      const backflow = layer.backward(below);
      below = backflow.preactivationGradient;
      return {
        ...backflow,
        weightsTransposed:
          l === 0 ? 0 : allocate(layer.inputs * bitRowBytes(planes(layer) * layer.neurons)),
        inputTransposed: allocate(layer.inputs * bitRowBytes(maxBatch * layer.positions)),
        latents: layer.trained ? allocate(4 * tiledLength(layer)) : 0,
        magnitudes: layer.weightKind === 'scaled' ? allocate(4 * laneStride(layer.neurons)) : 0,
      };
    });
    this.optimizer = createOptimizer(kernels, task.training.optimizer, layers);
    this.loss = createLoss(kernels, task, layers[layers.length - 1], maxBatch);
    this.trained = new Float32Array(parameterCount(task));
    layers.forEach((layer, l) => {
      if (!layer.trained) this.transposeWeights(layer, this.extra[l]);
    });
  }

  /** @throws FederationError `bad-request` if the parts of the task do not fit together */
  static async create(
    task: Task,
    options: HeadOptions & { readonly kernels?: LoadOptions } = {},
  ): Promise<LocalTrainer> {
    checkHead(task);
    const kernels = await loadKernels(options.kernels);
    return new LocalTrainer(new HeadMemory(kernels, task, task.training.batch, options), task);
  }

  /** One client's part of a round, from the global model to the rule's payload. */
  trainLocally(training: LocalTraining): LocalUpdate {
    const { task, memory } = this;
    const { federation, training: settings } = task;
    const rule = ruleFor(federation.rule);
    const { updateFor = training.round } = training;
    const context = roundContext(task, updateFor, this.trained.length);
    const seed = clientSeed(training.roundSeed, training.client);
    this.load(training.global);
    const loss = this.run({
      data: training.data,
      samples: training.samples,
      epochs: settings.epochs,
      learningRate:
        initialRate(settings.optimizer) * scheduleFactor(training.round, federation.rounds),
      seed,
      onEpoch: training.onEpoch,
    });
    memory.layers.forEach((layer, l) => {
      if (layer.trained) this.optimizer.settle?.(l, this.extra[l].latents);
    });
    const payload = rule.encode(this.latents(this.trained), training.global, context, seed);
    return { payload, loss, samples: training.samples?.length ?? training.data.bits.rows };
  }

  /** Sets latents and weights to a global model's, and the optimizer to its start. */
  load(model: GlobalModel): void {
    if (this.loaded?.model === model) this.reload(this.loaded);
    else this.loaded = this.loadAnew(model);
    this.memory.layers.forEach((layer, l) => {
      if (layer.trained) this.measure(layer, this.extra[l]);
    });
    this.optimizer.reset();
  }

  private loadAnew(model: GlobalModel): LoadedModel {
    const { memory, loaded } = this;
    memory.loadWeights(model);
    const layers = memory.layers.map((layer, l) => {
      if (!layer.trained) return undefined;
      const tiles = memory.floats(this.extra[l].latents, tiledLength(layer));
      loadTiles(model, layer.offset, layer, tiles);
      const weights = memory.weightBytes(layer);
      const kept = loaded?.layers[l] ?? {
        tiles: new Float32Array(tiles.length),
        weights: new Uint8Array(weights.length),
      };
      kept.tiles.set(tiles);
      kept.weights.set(weights);
      return kept;
    });
    return { model, layers };
  }

  private reload({ layers }: LoadedModel): void {
    const { memory } = this;
    layers.forEach((kept, l) => {
      if (kept === undefined) return;
      memory.floats(this.extra[l].latents, kept.tiles.length).set(kept.tiles);
      memory.weightBytes(memory.layers[l]).set(kept.weights);
    });
  }

  /** Trains for some epochs on what is loaded. Returns the last epoch's mean loss. */
  run(run: TrainingRun): number {
    const { data, epochs, seed, learningRate, onEpoch } = run;
    checkLabeledBits(this.task, data);
    const samples = run.samples ?? Uint32Array.from({ length: data.bits.rows }, (_, i) => i);
    const { batch } = this.task.training;
    return runEpochs({ samples, epochs, batch, seed, onEpoch }, (chosen) =>
      this.step(data, chosen, learningRate),
    );
  }

  /**
   * One training step on the given samples (at most the task's batch size of them).
   * @returns the mean loss before the step
   */
  step(data: LabeledBits, samples: Uint32Array, learningRate: number): number {
    const { memory, extra } = this;
    const { layers } = memory;
    const batch = samples.length;
    memory.loadBatch(data.bits, samples);
    this.loss.load(data, samples);
    memory.forward(batch);

    const last = layers.length - 1;
    const loss = this.loss.evaluate(batch, extra[last].magnitudes, extra[last].gradient);
    for (let l = last; l > 0; l--) this.backward(l, batch);
    this.optimizer.nextStep();
    for (let l = 0; l <= last; l++) if (layers[l].trained) this.update(l, batch, learningRate);
    return loss;
  }

  /**
   * The trained latents in parameter order, as f32 in [−1, 1].
   * @param all where to write them; default a new array
   */
  latents(all: Float32Array = new Float32Array(this.trained.length)): Float32Array {
    this.memory.layers.forEach((layer, l) => {
      if (!layer.trained) return;
      const tiles = this.memory.floats(this.extra[l].latents, tiledLength(layer));
      storeTiles(tiles, layer.offset, layer, all);
    });
    return all;
  }

  /** The batch normalization of each layer as it stands; none of the output layer. */
  normalizations(): readonly (BatchNorm | undefined)[] {
    return this.memory.layers.map(({ normalization }) => normalization?.parameters());
  }

  /** ∂loss/∂product of layer l − 1 from that of layer l, through the sign of its activations. */
  private backward(l: number, batch: number): void {
    const { layers, kernels } = this.memory;
    const layer = layers[l];
    const below = layers[l - 1];
    const columns = batch * layer.positions;
    if (layer.trained) this.transposeWeights(layer, this.extra[l]);
    const { weightsTransposed, gradient, inputGradient, scatter } = this.extra[l];
    const { magnitudes, preactivationGradient, unpool } = this.extra[l - 1];
    throughWeights(kernels, layer, columns, weightsTransposed, gradient, inputGradient);
    scatter(batch);
    if (below.normalization) {
      below.normalization.backward(below.product, batch, preactivationGradient);
      return;
    }
    throughSign(kernels, below, layer, batch * below.outputs, magnitudes, preactivationGradient);
    unpool(batch);
  }

  private update(l: number, batch: number, learningRate: number): void {
    const layer = this.memory.layers[l];
    const extra = this.extra[l];
    const columns = batch * layer.positions;
    layer.normalization?.step(learningRate);
    this.memory.kernels.transposeBits(layer.input, columns, layer.inputs, extra.inputTransposed);
    const step: LayerStep = {
      neurons: layer.neurons,
      inputs: layer.inputs,
      batch: columns,
      inputsTransposed: extra.inputTransposed,
      gradient: extra.gradient,
      latents: extra.latents,
      weights: layer.weights,
    };
    this.optimizer.update(l, step, learningRate);
    if (layer.weightKind === 'ternary') {
      repackTernary(this.memory.kernels, this.task, layer, extra.latents);
    }
    this.measure(layer, extra);
  }

  /** The scaling factors of scaled weights, from the latents as they are. */
  private measure({ neurons, inputs }: LayerMemory, { latents, magnitudes }: TrainedMemory): void {
    if (magnitudes !== 0) {
      this.memory.kernels.meanMagnitudes(latents, neurons, inputs, magnitudes);
    }
  }

  private transposeWeights(layer: LayerMemory, extra: TrainedMemory): void {
    this.memory.kernels.transposeBits(
      layer.weights,
      planes(layer) * layer.neurons,
      layer.inputs,
      extra.weightsTransposed,
    );
  }
}
