/** Counts right answers of a global model on labeled latent bits. Integer work only: exact. */
import { laneStride } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { HeadMemory } from './head-memory.js';
import type { LabeledBits } from './labeled-bits.js';

export interface Evaluation {
  readonly correct: number;
  readonly total: number;
}

const CHUNK = 256;

export class HeadEvaluator {
  private constructor(private readonly memory: HeadMemory) {}

  static async create(task: Task): Promise<HeadEvaluator> {
    return new HeadEvaluator(new HeadMemory(await loadKernels(), task, CHUNK));
  }

  /**
   * The class with the largest logit wins; the lowest class number among equals.
   * @throws FederationError `bad-request` if the data do not fit the task
   */
  evaluate(model: GlobalModel, data: LabeledBits): Evaluation {
    const { memory } = this;
    checkLabeledBits(memory.task, data);
    memory.loadWeights(model);
    const total = data.labels.length;
    const output = memory.layers[memory.layers.length - 1];
    let correct = 0;
    for (let start = 0; start < total; start += CHUNK) {
      const batch = Math.min(CHUNK, total - start);
      memory.loadBatch(
        data,
        Uint32Array.from({ length: batch }, (_, i) => start + i),
      );
      memory.forward(batch);
      const stride = laneStride(batch);
      const logits = memory.integers(output.product, output.neurons * stride);
      for (let b = 0; b < batch; b++) {
        let best = 0;
        for (let c = 1; c < output.neurons; c++) {
          if (logits[c * stride + b] > logits[best * stride + b]) best = c;
        }
        if (best === data.labels[start + b]) correct++;
      }
    }
    return { correct, total };
  }
}
