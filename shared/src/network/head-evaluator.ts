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
    const logits = this.logits(model, data.bits);
    const outputs = outputCount(task);
    const samples = data.bits.rows;
    let correct = 0;
    for (let i = 0; i < samples; i++) {
      const own = logits.subarray(i * outputs, (i + 1) * outputs);
      if ('targets' in data) {
        for (let n = 0; n < outputs; n++) correct += Number(own[n] >= 0 === data.targets.get(i, n));
      } else {
        const answer = task.classification === 'binary' ? Number(own[0] >= 0) : indexOfTop(own);
        correct += Number(answer === data.labels[i]);
      }
    }
    return { correct, total: 'targets' in data ? samples * outputs : samples };
  }

  /**
   * Logits in whole units of their own, [samples][outputs]: exact, comparable among the outputs.
   * @param bits [samples][L]
   */
  logits(model: GlobalModel, bits: BitMatrix): Float64Array {
    const { memory } = this;
    memory.loadWeights(model);
    const output = memory.layers[memory.layers.length - 1];
    const { neurons } = output;
    const factors = logitFactors(model, output);
    const logits = new Float64Array(bits.rows * neurons);
    for (let start = 0; start < bits.rows; start += memory.maxBatch) {
      const batch = Math.min(memory.maxBatch, bits.rows - start);
      memory.loadBatch(
        bits,
        Uint32Array.from({ length: batch }, (_, i) => start + i),
      );
      memory.forward(batch);
      const stride = laneStride(batch);
      const product = memory.integers(output.product, neurons * stride);
      for (let b = 0; b < batch; b++) {
        for (let n = 0; n < neurons; n++) {
          logits[(start + b) * neurons + n] = factors[n] * product[n * stride + b];
        }
      }
    }
    return logits;
  }
}

function indexOfTop(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c;
  return best;
}
