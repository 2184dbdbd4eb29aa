/** Trying a model: the federation's, or the one that this device fine-tuned for itself. */
import { personalModel } from '@fedhybnn/client';
import {
  createEvaluator,
  deriveSeed,
  type GlobalModel,
  headLayers,
  parameterCount,
  type Samples,
} from '@fedhybnn/shared';
import { evidenceOf } from './evidence.js';
import type { Federation } from './federation.js';
import type { Comparison, ModelName, Prediction, WeightPicture } from './messages.js';
import { Predictor } from './predictor.js';
import type { SampleSet } from './samples.js';

/** Rows of a picture of weights: more could not be told apart on a phone. */
const MOST_ROWS = 512;

export class Trial {
  private readonly predictors = new Map<ModelName, Predictor>();
  private personal: GlobalModel | undefined;

  constructor(private readonly federation: Federation) {}

  async predict(name: ModelName, shared: GlobalModel, samples: Samples): Promise<Prediction> {
    const { extractor } = this.federation;
    const predictor = await this.predictor(name, shared);
    return { ...(await predictor.predict(extractor, samples)), model: name };
  }

  async file(name: ModelName, shared: GlobalModel): Promise<Uint8Array> {
    return (await this.predictor(name, shared)).file;
  }

  /** Fine-tunes `shared` on the participant's training samples, and compares the two. */
  async personalize(
    shared: GlobalModel,
    samples: SampleSet,
    onEpoch: (epoch: number, epochs: number) => void,
  ): Promise<Comparison> {
    const { task } = this.federation.description;
    const started = performance.now();
    const personal = await personalModel(task, {
      model: shared,
      data: samples.training(),
      seed: deriveSeed('personal model', task.id, shared.round),
      onEpoch: ({ epoch, epochs }) => onEpoch(epoch, epochs),
    });
    const ms = performance.now() - started;
    this.personal = personal;
    this.predictors.delete('personal');
    const evaluator = await createEvaluator(task);
    const heldOut = samples.heldOut();
    const measured = heldOut.bits.rows > 0 ? heldOut : samples.training();
    const { total, correct } = evaluator.evaluate(shared, measured);
    return {
      ...{ round: shared.round, shared: correct, total, heldOut: measured === heldOut, ms },
      personal: evaluator.evaluate(personal, measured).correct,
    };
  }

  async weights(name: ModelName, shared: GlobalModel): Promise<WeightPicture> {
    const { task } = this.federation.description;
    const { latents, fraction } = this.model(name, shared);
    const [{ neurons, inputs, weightKind }] = headLayers(task);
    const rows = Math.min(neurons, MOST_ROWS);
    const limit = weightKind === 'ternary' ? (task.head.ternaryThreshold ?? 0) * 2 ** fraction : 0;
    const weights = new Uint8Array(rows * inputs);
    for (let i = 0; i < weights.length; i++) {
      if (latents[i] >= limit) weights[i] = 255;
      else if (latents[i] >= -limit) weights[i] = 128;
    }
    const { length } = await this.file(name, shared);
    return {
      ...{ neurons: rows, inputs, weights },
      evidence: evidenceOf(task, this.model(name, shared)),
      ...{ parameters: parameterCount(task), fileBytes: length },
    };
  }

  private model(name: ModelName, shared: GlobalModel): GlobalModel {
    return name === 'personal' && this.personal ? this.personal : shared;
  }

  private async predictor(name: ModelName, shared: GlobalModel): Promise<Predictor> {
    const model = this.model(name, shared);
    const known = this.predictors.get(name);
    if (known?.round === model.round) return known;
    const made = await Predictor.create(this.federation.description.task, model);
    this.predictors.set(name, made);
    return made;
  }
}
