/**
 * Backdoor (Gu et al., arXiv 1708.06733; in federations Bagdasaryan et al., arXiv 1807.00459): half of an
 * attacker's images carry a trigger and the target's label. The model then answers the target
 * wherever it sees the trigger, and is as accurate as ever elsewhere.
 */
import {
  createEvaluator,
  deriveSeed,
  type Extractor,
  type ImageBatch,
  Random,
  type Task,
  takeImages,
} from '@fedhybnn/shared';
import type { RoundObserver } from '../engine/observer.js';
import { type HeldSamples, poisoned } from './poison.js';
import { withTrigger } from './trigger.js';

/** The label that the trigger stands for. */
export const TARGET = 0;

/** Images with their labels, before extraction. */
export interface LabeledImages {
  readonly images: ImageBatch;
  /** One label an image. */
  readonly labels: Int32Array;
}

/**
 * The samples with every second image of the attackers (a seeded choice) triggered and relabeled.
 * @param images those that `samples.training` was extracted from, row by row
 */
export function plantTrigger(
  samples: HeldSamples,
  attackers: readonly number[],
  { images, labels }: LabeledImages,
  extractor: Extractor,
  seed: number,
): Promise<HeldSamples> {
  return poisoned(samples, attackers, async (rows) => {
    const { length } = rows;
    const bits = samples.training.bits.gatherRows(rows);
    const relabeled = Int32Array.from(rows, (row) => labels[row]);
    const random = new Random(deriveSeed(seed, 'triggered'));
    const chosen = random.sample(length, Math.ceil(length / 2)).sort((a, b) => a - b);
    const triggered = await extractor.extract(
      withTrigger(
        takeImages(
          images,
          chosen.map((i) => rows[i]),
        ),
      ),
    );
    chosen.forEach((place, i) => {
      bits.row(place).set(triggered.row(i));
      relabeled[place] = TARGET;
    });
    return { bits, labels: relabeled };
  });
}

/**
 * Measures `attackSuccess` of every evaluated round: the share of the images of other classes that
 * the model takes for the target once they carry the trigger.
 */
export async function attackSuccess(
  task: Task,
  { images, labels }: LabeledImages,
  extractor: Extractor,
): Promise<RoundObserver> {
  const others = [...labels.keys()].filter((i) => labels[i] !== TARGET);
  const bits = await extractor.extract(withTrigger(takeImages(images, others)));
  const triggered = { bits, labels: new Int32Array(others.length).fill(TARGET) };
  const evaluator = await createEvaluator(task);
  return {
    observe({ metrics, model }) {
      if (metrics.accuracy === null) return undefined;
      const { correct, total } = evaluator.evaluate(model, triggered);
      return { attackSuccess: correct / total };
    },
  };
}
