/** The contender: our kernels, and our training step as clients run it. */
import {
  BitMatrix,
  bitRowBytes,
  encodeHead,
  initialModel,
  LocalTrainer,
  laneStride,
  loadHead,
  loadKernels,
  mnistTask,
  type Task,
} from '@fedhybnn/shared';
import type { Work } from './measure.js';
import { fixedLabels, fixedSigns, LEARNING_RATE, type NetworkShape } from './network-shape.js';

/** Ours: with portable SIMD, and with relaxed SIMD where the engine has it. */
export type ContenderName = 'portable' | 'relaxed';

const KINDS = { portable: 'simd', relaxed: 'relaxed' } as const;

/** Product of two ±1 matrices, size × size. */
export async function productWork(contender: ContenderName, size: number): Promise<Work> {
  const kernels = await loadKernels({ kind: KINDS[contender] });
  const matrix = BitMatrix.fromSigns(size, size, fixedSigns(size * size));
  const put = () => {
    const address = kernels.memory.allocate(matrix.bytes.length);
    new Uint8Array(kernels.memory.buffer, address, matrix.bytes.length).set(matrix.bytes);
    return address;
  };
  const [weights, inputs] = [put(), put()];
  const out = kernels.memory.allocate(4 * size * laneStride(size));
  return () => kernels.xnorProduct(weights, inputs, size, size, size, out);
}

/** One step of SGD on latents, every layer trained. */
export async function trainingWork(
  contender: ContenderName,
  { sizes, batch }: NetworkShape,
): Promise<Work> {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: sizes[0] },
    hidden: sizes.slice(1, -1),
    training: { batch, optimizer: { kind: 'sgd', learningRate: LEARNING_RATE, momentum: 0 } },
    federation: { rounds: 1, goal: 1 },
  });
  const trained: Task = { ...task, head: { ...task.head, outputLayer: 'trained' } };
  const trainer = await LocalTrainer.create(trained, { kernels: { kind: KINDS[contender] } });
  trainer.load(initialModel(trained));
  const bits = BitMatrix.fromSigns(batch, sizes[0], fixedSigns(batch * sizes[0]));
  const data = { bits, labels: fixedLabels(batch, 10) };
  const rows = Uint32Array.from({ length: batch }, (_, i) => i);
  return () => {
    trainer.step(data, rows, LEARNING_RATE);
  };
}

/** Logits of packed samples: one by the inference runtime, more by the kernels. */
export function inferenceWork(contender: ContenderName, shape: NetworkShape): Promise<Work> {
  return shape.batch === 1 ? singleInference(shape) : batchInference(contender, shape);
}

async function singleInference({ sizes }: NetworkShape): Promise<Work> {
  const layers = sizes.slice(1).map((neurons, l) => ({
    planes: [BitMatrix.fromSigns(neurons, sizes[l], fixedSigns(neurons * sizes[l]))],
    thresholds: new Int32Array(neurons),
  }));
  const labels = Array.from({ length: sizes[sizes.length - 1] }, (_, i) => String(i));
  const head = await loadHead(encodeHead({ metadata: { title: 'bench', labels }, layers }));
  const sample = BitMatrix.fromSigns(1, sizes[0], fixedSigns(sizes[0]));
  return () => {
    head.input.set(sample.bytes);
    head.predict();
  };
}

async function batchInference(
  contender: ContenderName,
  { sizes, batch }: NetworkShape,
): Promise<Work> {
  const kernels = await loadKernels({ kind: KINDS[contender] });
  const put = (matrix: BitMatrix) => {
    const address = kernels.memory.allocate(matrix.bytes.length);
    new Uint8Array(kernels.memory.buffer, address, matrix.bytes.length).set(matrix.bytes);
    return address;
  };
  const layers = sizes.slice(1).map((neurons, l) => {
    const inputs = sizes[l];
    return {
      neurons,
      inputs,
      weights: put(BitMatrix.fromSigns(neurons, inputs, fixedSigns(neurons * inputs))),
      input: kernels.memory.allocate(batch * bitRowBytes(inputs)),
      product: kernels.memory.allocate(4 * neurons * laneStride(batch)),
    };
  });
  const [first] = layers;
  const sample = BitMatrix.fromSigns(batch, sizes[0], fixedSigns(batch * sizes[0]));
  new Uint8Array(kernels.memory.buffer, first.input, sample.bytes.length).set(sample.bytes);
  return () => {
    layers.forEach(({ weights, input, neurons, inputs, product }, l) => {
      kernels.xnorProduct(weights, input, neurons, batch, inputs, product);
      if (l + 1 < layers.length) {
        kernels.activate(product, 0, neurons, batch, layers[l + 1].input);
      }
    });
  };
}
