/** Counts right answers of a global model on labeled latent bits. Integer work only: exact. */
import type { BitMatrix } from '../kernels/bits.js';
import { laneStride } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { headLayers, outputCount } from './head.js';
import { HeadMemory } from './head-memory.js';
import type { LabeledBits } from './labeled-bits.js';
import { logitFactors } from './layer-weights.js';

/** Right answers; of multi-label data, right decisions: `total` is then samples × labels. */
export interface Evaluation {
  readonly correct: number;
  readonly total: number;
}

const LARGEST_CHUNK = 256;
/** The most products of a layer that a chunk makes: 16 MiB, since phones evaluate, too. */
const LARGEST_PRODUCTS = 4_194_304;

function chunkSize(task: Task): number {
  const products = headLayers(task).map(({ positions, neurons }) => positions * neurons);
  return Math.min(LARGEST_CHUNK, Math.floor(LARGEST_PRODUCTS / Math.max(...products)));
}

export class HeadEvaluator {
  private constructor(private readonly memory: HeadMemory) {}

  static async create(task: Task): Promise<HeadEvaluator> {
    return new HeadEvaluator(new HeadMemory(await loadKernels(), task, chunkSize(task)));
  }

  /**
   * Multiclass: the class with the largest logit wins, the lowest class number among equals.
   * Binary and multi-label: the answer of an output is yes where its logit is at least 0.
   * @throws FederationError `bad-request` if the data do not fit the task
   */
  evaluate(model: GlobalModel, data: LabeledBits): Evaluation {
    const { task } = this.memory;
    checkLabeledBits(task, data);
    const samples = data.bits.rows;
    let correct = 0;
    for (const chunk of this.chunks(model, data.bits)) {
      if ('targets' in data) correct += rightDecisions(chunk, data.targets);
      else {
        const answers = task.classification === 'binary' ? sides(chunk) : topClasses(chunk);
        correct += rightAnswers(answers, data.labels, chunk.start);
      }
    }
    return { correct, total: 'targets' in data ? samples * outputCount(task) : samples };
  }

  /** As {@link evaluate} decides: a label a sample. Not for multi-label tasks. */
  answers(model: GlobalModel, bits: BitMatrix): Int32Array {
    const binary = this.memory.task.classification === 'binary';
    const answers = new Int32Array(bits.rows);
    for (const chunk of this.chunks(model, bits)) {
      answers.set(binary ? sides(chunk) : topClasses(chunk), chunk.start);
    }
    return answers;
  }

  /**
   * Logits in whole units of their own, [samples][outputs]: exact, comparable among the outputs.
   * @param bits [samples][L]
   */
  logits(model: GlobalModel, bits: BitMatrix): Float64Array {
    const outputs = outputCount(this.memory.task);
    const logits = new Float64Array(bits.rows * outputs);
    for (const { start, batch, product, stride, factors } of this.chunks(model, bits)) {
      for (let b = 0; b < batch; b++) {
        for (let n = 0; n < outputs; n++) {
          logits[(start + b) * outputs + n] = factors[n] * product[n * stride + b];
        }
      }
    }
    return logits;
  }

  /** Runs samples through the network, as many at a time as its memory holds. */
  private *chunks(model: GlobalModel, bits: BitMatrix): Generator<Chunk> {
    const { memory } = this;
    memory.loadWeights(model);
    const output = memory.layers[memory.layers.length - 1];
    const { neurons } = output;
    const factors = logitFactors(model, output);
    for (let start = 0; start < bits.rows; start += memory.maxBatch) {
      const batch = Math.min(memory.maxBatch, bits.rows - start);
      memory.loadRows(bits, start, batch);
      memory.forward(batch);
      const stride = laneStride(batch);
      const product = memory.integers(output.product, neurons * stride);
      yield { start, batch, neurons, stride, product, factors };
    }
  }
}

/** The output layer's product of some samples. */
interface Chunk {
  /** The first sample's row. */
  readonly start: number;
  readonly batch: number;
  readonly neurons: number;
  /** [neurons][stride] */
  readonly product: Int32Array;
  readonly stride: number;
  /** A neuron's logit is its factor times its product. */
  readonly factors: Float64Array;
}

/** The class with the largest logit; the lowest class number among equals. */
function topClasses({ batch, neurons, product, stride, factors }: Chunk): Uint32Array {
  const best = new Uint32Array(batch);
  const top = new Float64Array(batch).fill(Number.NEGATIVE_INFINITY);
  for (let n = 0; n < neurons; n++) {
    for (let b = 0; b < batch; b++) {
      const logit = factors[n] * product[n * stride + b];
      if (logit <= top[b]) continue;
      top[b] = logit;
      best[b] = n;
    }
  }
  return best;
}

/** 1 where the logit is at least 0. */
function sides({ batch, product, factors }: Chunk): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, b) => Number(factors[0] * product[b] >= 0));
}

function rightAnswers(answers: Uint32Array, labels: Int32Array, start: number): number {
  let right = 0;
  for (let b = 0; b < answers.length; b++) right += Number(answers[b] === labels[start + b]);
  return right;
}

function rightDecisions(
  { start, batch, neurons, product, stride, factors }: Chunk,
  targets: BitMatrix,
): number {
  let right = 0;
  for (let n = 0; n < neurons; n++) {
    for (let b = 0; b < batch; b++) {
      const yes = factors[n] * product[n * stride + b] >= 0;
      right += Number(yes === targets.get(start + b, n));
    }
  }
  return right;
}
