/** The contender: our kernels, and our training step as clients run it. */
import {
  BitMatrix,
  bitRowBytes,
  initialModel,
  LocalTrainer,
  laneStride,
  loadKernels,
  mnistTask,
} from '@fedhybnn/shared';
import type { Work } from './measure.js';
import { fixedLabels, fixedSigns, LEARNING_RATE, type NetworkShape } from './network-shape.js';

/** Product of two ±1 matrices, size × size. */
export async function productWork(size: number): Promise<Work> {
  const kernels = await loadKernels({ kind: 'simd' });
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
export async function trainingWork({ sizes, batch }: NetworkShape): Promise<Work> {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: sizes[0] },
    hidden: sizes.slice(1, -1),
    training: { batch, optimizer: { kind: 'sgd', learningRate: LEARNING_RATE, momentum: 0 } },
    federation: { rounds: 1, goal: 1 },
  });
  const trainer = await LocalTrainer.create({
    ...task,
    head: { ...task.head, outputLayer: 'trained' },
  });
  trainer.load(initialModel({ ...task, head: { ...task.head, outputLayer: 'trained' } }));
  const bits = BitMatrix.fromSigns(batch, sizes[0], fixedSigns(batch * sizes[0]));
  const data = { bits, labels: fixedLabels(batch, 10) };
  const rows = Uint32Array.from({ length: batch }, (_, i) => i);
  return () => {
    trainer.step(data, rows, LEARNING_RATE);
  };
}

/** Integer logits of a batch of packed samples. */
export async function inferenceWork({ sizes, batch }: NetworkShape): Promise<Work> {
  const kernels = await loadKernels({ kind: 'simd' });
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
