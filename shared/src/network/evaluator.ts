/** The one door to evaluation: counts right answers with the head that a task's rule trains. */
import type { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { checkLabeledBits } from './check-data.js';
import { type Evaluation, HeadEvaluator } from './head-evaluator.js';
import type { LabeledBits } from './labeled-bits.js';
import { MaskedHead } from './mask-trainer.js';
import { RealHead } from './real-head.js';
import { singleLabels } from './real-settings.js';

export interface Evaluator {
  /**
   * The class with the largest logit wins; the lowest class number among equals.
   * @throws FederationError `bad-request` if the data do not fit the task
   */
  evaluate(model: GlobalModel, data: LabeledBits): Evaluation;
  /**
   * What the model answers: a label a sample. Not for multi-label tasks.
   * @param bits [samples][L]
   */
  answers(model: GlobalModel, bits: BitMatrix): Int32Array;
}

const CHUNK = 256;

/** Made once per task. */
export async function createEvaluator(task: Task): Promise<Evaluator> {
  switch (task.federation.rule.kind) {
    case 'fedavg-fp32':
      return realEvaluator(task);
    case 'fedpm':
      return maskEvaluator(task);
    default:
      return HeadEvaluator.create(task);
  }
}

function realEvaluator(task: Task): Evaluator {
  const head = new RealHead(task, CHUNK);
  return evaluatorOf(task, head, (model) => head.load(model));
}

/** One mask a model is drawn, as in the paper: the same one at each call. */
function maskEvaluator(task: Task): Evaluator {
  const masked = new MaskedHead(task, CHUNK);
  return evaluatorOf(task, masked.head, (model) => {
    masked.load(model);
    masked.sample(new Random(deriveSeed(task.federation.seed, 'evaluated-mask', model.round)));
  });
}

function evaluatorOf(task: Task, head: RealHead, load: (model: GlobalModel) => void): Evaluator {
  const classes = task.labels.length;
  const answers = (model: GlobalModel, bits: BitMatrix) => {
    load(model);
    const answers = new Int32Array(bits.rows);
    for (let start = 0; start < bits.rows; start += CHUNK) {
      const batch = Math.min(CHUNK, bits.rows - start);
      const samples = Uint32Array.from({ length: batch }, (_, b) => start + b);
      const logits = head.forward(bits, samples);
      for (let b = 0; b < batch; b++) answers[start + b] = largest(logits, b * classes, classes);
    }
    return answers;
  };
  return {
    answers,
    evaluate(model, data) {
      checkLabeledBits(task, data);
      const labels = singleLabels(data);
      const given = answers(model, data.bits);
      const correct = given.reduce((sum, answer, i) => sum + Number(answer === labels[i]), 0);
      return { correct, total: labels.length };
    },
  };
}

/** Index of the first largest of `count` values from `start`. */
function largest(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i] > values[start + best]) best = i;
  return best;
}
