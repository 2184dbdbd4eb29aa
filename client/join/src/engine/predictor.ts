/** Tries a model on one picture at a time, by the inference of an exported head. */
import {
  type Extractor,
  exportHead,
  type GlobalModel,
  type Samples,
  type Task,
} from '@fedhybnn/shared';
import { type InferenceHead, loadHead } from '@fedhybnn/shared/inference';
import type { Prediction } from './messages.js';

/** Predictions are repeated for about this long, since clocks of pages are coarse. Milliseconds. */
const TIMED_MS = 12;
const REPEATED = 50;

export class Predictor {
  private constructor(
    private readonly task: Task,
    private readonly head: InferenceHead,
    readonly file: Uint8Array,
    readonly round: number,
  ) {}

  static async create(task: Task, model: GlobalModel): Promise<Predictor> {
    const file = exportHead(task, model);
    return new Predictor(task, await loadHead(file), file, model.round);
  }

  /** @param samples a single one */
  async predict(extractor: Extractor, samples: Samples): Promise<Omit<Prediction, 'model'>> {
    const { head, round } = this;
    const start = performance.now();
    const matrix = await extractor.extract(samples);
    const extractionMs = performance.now() - start;
    const bits = matrix.row(0).slice();
    head.input.set(bits.subarray(0, head.input.length));
    const label = head.predict();
    const probabilities = this.probabilities();
    const pixels = 'pixels' in samples ? samples.pixels : undefined;
    return { label, probabilities, microseconds: this.time(), extractionMs, bits, pixels, round };
  }

  /** Softmax of the logits as the loss saw them: τ / √fan-in times the integers. */
  private probabilities(): number[] {
    const { logits } = this.head;
    const { logitScale, hidden } = this.task.head;
    const scale = logitScale / Math.sqrt(hidden[hidden.length - 1]);
    if (logits.length === 1) {
      const second = 1 / (1 + Math.exp(-scale * logits[0]));
      return [1 - second, second];
    }
    const most = Math.max(...logits);
    const odds = Array.from(logits, (logit) => Math.exp(scale * (logit - most)));
    const sum = odds.reduce((a, b) => a + b, 0);
    return odds.map((value) => value / sum);
  }

  /** Microseconds of one prediction: the best of several means. */
  private time(): number {
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + TIMED_MS;
    let repeated = REPEATED;
    do {
      const start = performance.now();
      for (let i = 0; i < repeated; i++) this.head.predict();
      const ms = performance.now() - start;
      if (ms < 1) repeated *= 2;
      else best = Math.min(best, (1000 * ms) / repeated);
    } while (performance.now() < end || best === Number.POSITIVE_INFINITY);
    return best;
  }
}
