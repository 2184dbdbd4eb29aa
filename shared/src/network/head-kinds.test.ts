import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { GlobalModel } from '../rules/rule.js';
import { roundSeed } from '../rules/seeds.js';
import { mnistTask, OPTIMIZER_DEFAULTS } from '../task/built-in.js';
import { type Task, taskSchema } from '../task/task.js';
import { describeHead } from './describe.js';
import { hadamardCode } from './hadamard.js';
import { checkHead, headLayers, outputCount, parameterCount } from './head.js';
import { HeadEvaluator } from './head-evaluator.js';
import { initialModel } from './initial-model.js';
import type { LabeledBits } from './labeled-bits.js';
import type { LayerShape } from './layer-shape.js';
import { LocalTrainer } from './local-trainer.js';

interface Kind {
  readonly loss?: Task['training']['loss'];
  readonly weights?: Task['head']['weights'];
  readonly classification?: Task['classification'];
  readonly outputLayer?: Task['head']['outputLayer'];
  readonly optimizer?: Task['training']['optimizer'];
}

const BITS = 65;
const LABELS = 5;

function tinyTask(kind: Kind, hidden: readonly number[] = [40, 33]): Task {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
    hidden,
    rule: 'sign-vote',
    training: {
      batch: 16,
      ...(kind.loss && { loss: kind.loss }),
      ...(kind.optimizer && { optimizer: kind.optimizer }),
    },
    federation: { rounds: 10, goal: 2, seed: 5 },
  });
  const labels = kind.classification === 'binary' ? ['no', 'yes'] : task.labels.slice(0, LABELS);
  const { weights, classification, outputLayer = 'hadamard' } = kind;
  return {
    ...task,
    labels,
    ...(classification && { classification }),
    head: { ...task.head, outputLayer, ...(weights && { weights }) },
  };
}

/** Labels that the first bits give away, but for some noise. */
function samplesOf(task: Task, samples: number, seed: number): LabeledBits {
  const random = new Random(deriveSeed(seed, 'kinds'));
  const count = task.labels.length;
  const bits = BitMatrix.create(samples, BITS);
  const targets = BitMatrix.create(samples, count);
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    labels[i] = random.below(count);
    for (let n = 0; n < count; n++) targets.set(i, n, random.below(3) === 0);
    for (let k = 0; k < BITS; k++) {
      const n = k % count;
      const told = task.classification === 'multi-label' ? targets.get(i, n) : n === labels[i];
      bits.set(i, k, told !== (random.below(8) === 0));
    }
  }
  return task.classification === 'multi-label' ? { bits, targets } : { bits, labels };
}

/** What is true of the chosen samples: [rows][outputs] of 0 and 1. */
function truth(task: Task, data: LabeledBits, rows: Uint32Array): number[][] {
  return Array.from(rows, (row) =>
    Array.from({ length: outputCount(task) }, (_, n) => {
      if ('targets' in data) return Number(data.targets.get(row, n));
      return Number(data.labels[row] === (task.classification === 'binary' ? 1 : n));
    }),
  );
}

const straightThrough = (
  forward: (x: tf.Tensor) => tf.Tensor,
  passes: (x: tf.Tensor) => tf.Tensor,
) =>
  tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: forward(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, passes(saved)),
    };
  });
const sign = (x: tf.Tensor) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1);
const activationSign = straightThrough(sign, (x) => tf.cast(tf.lessEqual(tf.abs(x), 1), 'float32'));
const weightSign = straightThrough(sign, tf.onesLike);
const ternary = straightThrough(
  (h) =>
    tf.sub(
      tf.cast(tf.greaterEqual(h, 0.05), 'float32'),
      tf.cast(tf.less(h, -Math.fround(0.05)), 'float32'),
    ),
  tf.onesLike,
);

/** The layer's pre-activation, or logits without τ, of ±1 inputs. */
function preActivation(layer: LayerShape, x: tf.Tensor, h: tf.Tensor | undefined): tf.Tensor {
  const scale = 1 / Math.sqrt(layer.inputs);
  if (h === undefined) {
    const code = hadamardCode(layer.neurons, layer.inputs);
    const rows = Array.from({ length: layer.neurons }, (_, n) =>
      Array.from({ length: layer.inputs }, (_, k) => (code.get(n, k) ? 1 : -1)),
    );
    return tf.mul(tf.matMul(x, tf.tensor2d(rows), false, true), scale);
  }
  if (layer.weightKind === 'scaled') {
    // α counts as a constant: its value is taken outside of the graph.
    const alpha = tf.tensor1d(tf.mean(tf.abs(h), 1).dataSync());
    return tf.mul(tf.matMul(x, weightSign(h) as tf.Tensor, false, true), alpha);
  }
  const weights = layer.weightKind === 'ternary' ? ternary(h) : weightSign(h);
  return tf.mul(tf.matMul(x, weights as tf.Tensor, false, true), scale);
}

function lossOf(kind: Task['training']['loss'], logits: tf.Tensor2D, targets: tf.Tensor2D) {
  if (kind === 'softmax-cross-entropy') {
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))) as tf.Scalar;
  }
  const signs = tf.sub(tf.mul(targets, 2), 1);
  const terms =
    kind === 'squared-hinge'
      ? tf.square(tf.relu(tf.sub(1, tf.mul(signs, logits))))
      : tf.softplus(tf.neg(tf.mul(signs, logits)));
  return tf.mean(tf.sum(terms, 1)) as tf.Scalar;
}

/** The same head in floats, with automatic differentiation: loss and ∂loss/∂latents. */
function floatGradients(task: Task, latents: Float32Array, data: LabeledBits, rows: Uint32Array) {
  return tf.tidy(() => {
    const layers = headLayers(task);
    let offset = 0;
    const tensors = layers
      .filter((layer) => layer.trained)
      .map(({ neurons, inputs }) => {
        const from = offset;
        offset += neurons * inputs;
        return tf.tensor2d(latents.slice(from, offset), [neurons, inputs]);
      });
    const signs = Array.from(rows, (row) =>
      Array.from({ length: BITS }, (_, k) => (data.bits.get(row, k) ? 1 : -1)),
    );
    const { value, grads } = tf.valueAndGrads((...weights: tf.Tensor[]) => {
      let x: tf.Tensor = tf.tensor2d(signs);
      layers.forEach((layer, l) => {
        const p = preActivation(layer, x, layer.trained ? weights[l] : undefined);
        x = l < layers.length - 1 ? (activationSign(p) as tf.Tensor) : p;
      });
      const logits = tf.mul(x, task.head.logitScale) as tf.Tensor2D;
      return lossOf(task.training.loss, logits, tf.tensor2d(truth(task, data, rows)));
    })(tensors);
    return { loss: value.dataSync()[0], gradients: grads.map((grad) => grad.dataSync()) };
  });
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const KINDS: readonly Kind[] = [
  { loss: 'sigmoid-cross-entropy' },
  { loss: 'squared-hinge' },
  { loss: 'sigmoid-cross-entropy', classification: 'binary' },
  { loss: 'squared-hinge', classification: 'binary', outputLayer: 'trained' },
  { loss: 'sigmoid-cross-entropy', classification: 'multi-label' },
  { loss: 'squared-hinge', classification: 'multi-label', weights: 'ternary' },
  { weights: 'ternary' },
  { weights: 'ternary', outputLayer: 'trained' },
  { weights: 'scaled' },
  { weights: 'scaled', outputLayer: 'trained' },
  {
    ...{ weights: 'scaled', outputLayer: 'trained' },
    ...{ loss: 'sigmoid-cross-entropy', classification: 'multi-label' },
  },
];

describe('one training step of a head', () => {
  it.each(KINDS)('moves latents by the gradient that TensorFlow.js finds: %o', async (kind) => {
    const learningRate = 0.05;
    const task = tinyTask({ ...kind, optimizer: { kind: 'sgd', learningRate, momentum: 0 } });
    const data = samplesOf(task, 40, 1);
    const rows = Uint32Array.from({ length: 13 }, (_, i) => 3 * i);
    const trainer = await LocalTrainer.create(task);
    trainer.load(initialModel(task));
    // The second step meets latents, planes and factors that the first one changed.
    for (let step = 0; step < 2; step++) {
      const before = trainer.latents();
      const expected = floatGradients(task, before, data, rows);
      const loss = trainer.step(data, rows, learningRate);
      const after = trainer.latents();
      expect(loss).toBeCloseTo(expected.loss, 4);
      const gradients = expected.gradients.flatMap((values) => Array.from(values));
      expect(gradients).toHaveLength(parameterCount(task));
      gradients.forEach((gradient, i) => {
        const moved = Math.max(-1, Math.min(1, before[i] - learningRate * gradient));
        expect(Math.abs(after[i] - moved)).toBeLessThan(2e-6);
      });
      expect(after).not.toEqual(before);
    }
  });

  it.each([...KINDS, { optimizer: OPTIMIZER_DEFAULTS.bop }])(
    'has the same bytes with the SIMD kernels and the reference: %o',
    async (kind) => {
      const task = tinyTask(kind);
      const data = samplesOf(task, 50, 2);
      const results = [];
      for (const kernels of [{ kind: 'simd' }, { kind: 'reference' }] as const) {
        const trainer = await LocalTrainer.create(task, { kernels });
        trainer.load(initialModel(task));
        const seed = deriveSeed(9, 'run');
        const loss = trainer.run({ data, epochs: 2, learningRate: 0.01, seed });
        results.push({ loss, latents: trainer.latents() });
      }
      expect(results[0]).toEqual(results[1]);
    },
  );
});

describe('a Bop client', () => {
  /** Votes of a client that trains with this threshold, [parameter]. */
  const votes = async (threshold: number, seed: number) => {
    const task = tinyTask({ optimizer: { kind: 'bop', gamma: 1, threshold } }, [40]);
    const trainer = await LocalTrainer.create(task);
    const global = initialModel(task);
    const data = samplesOf(task, 16, seed);
    const common = { task, global, round: 1, roundSeed: roundSeed(task, 1), client: 'a' };
    const { payload } = trainer.trainLocally({ ...common, data });
    const { gradients } = floatGradients(
      task,
      Float32Array.from(global.latents, (h) => h / 2 ** 15),
      data,
      Uint32Array.from({ length: 16 }, (_, i) => i),
    );
    return { global, gradients: gradients[0], up: (i: number) => (payload[i >> 3] >> (i & 7)) & 1 };
  };

  it('votes against the gradient, whether weights flip or not', async () => {
    for (const threshold of [1e-4, 1]) {
      const { gradients, up } = await votes(threshold, 7);
      let checked = 0;
      gradients.forEach((gradient, i) => {
        if (Math.abs(gradient) < 2e-4) return;
        expect(up(i)).toBe(gradient < 0 ? 1 : 0);
        checked++;
      });
      expect(checked).toBeGreaterThan(500);
    }
  });
});

/** The definition of the forward pass, in numbers. */
function naiveLogits(task: Task, model: GlobalModel, bits: BitMatrix, sample: number): number[] {
  let offset = 0;
  let x = Array.from({ length: BITS }, (_, k) => (bits.get(sample, k) ? 1 : -1));
  let products: number[] = [];
  for (const { neurons, inputs, trained, weightKind } of headLayers(task)) {
    const code = hadamardCode(neurons, inputs);
    products = Array.from({ length: neurons }, (_, n) => {
      const from = offset + n * inputs;
      const row = Array.from(model.latents.subarray(from, from + inputs), (h) => h / 2 ** 15);
      const weights = Array.from({ length: inputs }, (_, k) => {
        if (!trained) return code.get(n, k) ? 1 : -1;
        if (weightKind === 'ternary') return row[k] >= 0.05 ? 1 : row[k] >= -0.05 ? 0 : -1;
        return row[k] >= 0 ? 1 : -1;
      });
      const product = weights.reduce((sum: number, w, k) => sum + w * x[k], 0);
      const magnitude = row.reduce((sum, h) => sum + Math.abs(h), 0) * 2 ** 15;
      return trained && weightKind === 'scaled' ? product * magnitude : product;
    });
    if (trained) offset += neurons * inputs;
    x = products.map((product) => (product >= 0 ? 1 : -1));
  }
  return products;
}

describe('the evaluation of a head', () => {
  it.each(KINDS)('computes the definition of its weights: %o', async (kind) => {
    const task = tinyTask(kind);
    const data = samplesOf(task, 20, 3);
    const model = initialModel(task);
    const logits = (await HeadEvaluator.create(task)).logits(model, data.bits);
    const outputs = outputCount(task);
    for (let i = 0; i < 20; i++) {
      const own = logits.subarray(i * outputs, (i + 1) * outputs);
      expect([...own]).toEqual(naiveLogits(task, model, data.bits, i));
    }
  });

  it.each<[Kind, number]>([
    [{ loss: 'sigmoid-cross-entropy' }, 0.95],
    [{ loss: 'squared-hinge', weights: 'ternary' }, 0.95],
    [{ weights: 'scaled', outputLayer: 'trained' }, 0.95],
    [{ loss: 'sigmoid-cross-entropy', classification: 'binary' }, 0.95],
    [{ loss: 'sigmoid-cross-entropy', classification: 'multi-label' }, 0.95],
    [{ loss: 'squared-hinge', classification: 'multi-label' }, 0.95],
    [{ optimizer: { kind: 'bop', gamma: 0.01, threshold: 1e-5 } }, 0.95],
  ])('finds right what %o has learnt', async (kind, share) => {
    const task = tinyTask(kind, [128]);
    const [data, test] = [samplesOf(task, 800, 4), samplesOf(task, 300, 5)];
    const trainer = await LocalTrainer.create(task);
    trainer.load(initialModel(task));
    const seed = deriveSeed(1, 'learn');
    trainer.run({ data, epochs: 8, learningRate: 0.01, seed });
    const latents = Int32Array.from(trainer.latents(), (h) => Math.round(h * 2 ** 24));
    const evaluator = await HeadEvaluator.create(task);
    const { correct, total } = evaluator.evaluate({ round: 1, fraction: 24, latents }, test);
    expect(total).toBe(kind.classification === 'multi-label' ? 300 * LABELS : 300);
    expect(correct / total).toBeGreaterThan(share);
  });

  it('counts answers of a single output and of several by the sign of their logits', async () => {
    for (const classification of ['binary', 'multi-label'] as const) {
      const task = tinyTask({ loss: 'squared-hinge', classification });
      const data = samplesOf(task, 70, 6);
      const model = initialModel(task);
      const evaluator = await HeadEvaluator.create(task);
      const logits = evaluator.logits(model, data.bits);
      const facts = truth(
        task,
        data,
        Uint32Array.from({ length: 70 }, (_, i) => i),
      ).flat();
      const correct = facts.filter((fact, i) => (fact === 1) === logits[i] >= 0).length;
      expect(evaluator.evaluate(model, data)).toEqual({ correct, total: facts.length });
    }
  });
});

describe('a head', () => {
  it('is described with its kind of weights and their bytes', () => {
    const summary = (kind: Kind) =>
      describeHead(tinyTask(kind, [40])).map(({ name, weights, weightBytes, binaryMacs }) => [
        ...[name, weights, weightBytes, binaryMacs],
      ]);
    const code = ['hadamard code', 'binary', 25, 200];
    expect(summary({})).toEqual([['binary 1', 'binary', 325, 2600], code]);
    expect(summary({ weights: 'scaled' })).toEqual([['scaled 1', 'scaled', 325 + 160, 2600], code]);
    expect(summary({ weights: 'ternary' })).toEqual([['ternary 1', 'ternary', 650, 5200], code]);
  });

  it('refuses settings that do not go together, naming the fields', () => {
    const binary = tinyTask({ loss: 'squared-hinge', classification: 'binary' });
    expect(() => checkHead(binary)).not.toThrow();
    expect(() => checkHead({ ...binary, labels: ['a', 'b', 'c'] })).toThrow(
      /"classification" is binary, but there are 3 labels/,
    );
    expect(() => checkHead(tinyTask({ classification: 'multi-label' }))).toThrow(
      /"training.loss" is softmax-cross-entropy.*multi-label/,
    );
    expect(() =>
      checkHead(tinyTask({ weights: 'ternary', optimizer: OPTIMIZER_DEFAULTS.bop })),
    ).toThrow(/"training.optimizer.kind" is bop.*ternary weights may be 0/);
    const { head } = binary;
    expect(() => checkHead({ ...binary, head: { ...head, ternaryThreshold: 0.1 } })).toThrow(
      /"head.ternaryThreshold" is for ternary weights only/,
    );
  });

  it('refuses labels that are not of its kind of classification', async () => {
    const single = tinyTask({ loss: 'squared-hinge' });
    const multi = tinyTask({ loss: 'squared-hinge', classification: 'multi-label' });
    const check = async (task: Task, data: LabeledBits) =>
      (await HeadEvaluator.create(task)).evaluate(initialModel(task), data);
    await expect(check(single, samplesOf(multi, 5, 1))).rejects.toThrow(/is not multi-label/);
    await expect(check(multi, samplesOf(single, 5, 1))).rejects.toThrow(/is multi-label/);
    const wide = { ...samplesOf(multi, 5, 1), targets: BitMatrix.create(5, 6) };
    await expect(check(multi, wide)).rejects.toThrow(/targets for 5 samples and 6 labels.*has 5/);
    const short = { ...samplesOf(multi, 5, 1), targets: BitMatrix.create(4, 5) };
    await expect(check(multi, short)).rejects.toThrow(/5 samples, but targets for 4 samples/);
  });

  it('has a document of each kind that the schema takes', () => {
    for (const kind of [...KINDS, { optimizer: OPTIMIZER_DEFAULTS.bop }]) {
      const task = tinyTask(kind);
      expect(taskSchema.parse(task)).toEqual(task);
    }
  });
});
