/**
 * A model of one's own: the shared model, trained on with one participant's samples alone. It stays
 * on the device. Fine-tuning after federated training is the strongest simple form of personalization
 * (Yu, Bagdasaryan, Shmatikov: Salvaging Federated Learning by Local Adaptation, arXiv 2002.04758).
 */
import {
  type EpochProgress,
  FederationError,
  type GlobalModel,
  initialRate,
  isBinary,
  type LabeledBits,
  LocalTrainer,
  powerOfTwo,
  type Seed,
  type Task,
} from '@fedhybnn/shared';

export interface Personalization {
  /** Where to start from. */
  readonly model: GlobalModel;
  readonly data: LabeledBits;
  /** Default 10. */
  readonly epochs?: number | undefined;
  /** Share of the task's initial learning rate, in (0, 1]. Default 0.1: what gains more for
   * one-sided samples costs far more where they are like everybody's (docs/decisions.md). */
  readonly rate?: number | undefined;
  /** Root of the order of the samples: the same seed, the same model. */
  readonly seed: Seed;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
}

/**
 * The model after fine-tuning, in the format of the shared ones; its round is that of the model it
 * started from.
 * @throws FederationError `bad-request` where the head is not binary, or the data do not fit the task
 */
export async function personalModel(
  task: Task,
  { model, data, epochs = 10, rate = 0.1, seed, onEpoch }: Personalization,
): Promise<GlobalModel> {
  const { rule } = task.federation;
  if (!isBinary(rule)) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: its rule ${rule.kind} trains no latents of binary weights, which is what a personal model is made of`,
    );
  }
  const trainer = await LocalTrainer.create(task);
  trainer.load(model);
  const learningRate = rate * initialRate(task.training.optimizer);
  trainer.run({ data, epochs, learningRate, seed, onEpoch });
  return { ...model, latents: toFixedPoint(trainer.latents(), model) };
}

/** Rounded to the nearest, halves up. */
function toFixedPoint(
  latents: Float32Array,
  { fraction, latents: like }: GlobalModel,
): GlobalModel['latents'] {
  const unit = powerOfTwo(fraction);
  const limit = unit - Number(fraction === 15);
  const fixed =
    like instanceof Int16Array ? new Int16Array(like.length) : new Int32Array(like.length);
  for (let i = 0; i < fixed.length; i++) {
    fixed[i] = Math.max(-limit, Math.min(limit, Math.floor(latents[i] * unit + 0.5)));
  }
  return fixed;
}
