import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../codec/sha256.js';
import { encodeHead } from '../inference/head-file.js';
import { BitMatrix } from '../kernels/bits.js';
import { PRODUCT_WAYS } from '../kernels/testing/both-connectors.js';
import { mnistTask } from '../task/built-in.js';
import type { Task } from '../task/task.js';
import { type BinaryLayer, BinaryNetwork } from './binary-network.js';
import { type CentralTraining, trainCentrally } from './central-training.js';
import type { SingleLabelBits } from './labeled-bits.js';
import { prototypes } from './testing/prototypes.js';

const BITS = 70;

function taskOf(head: Partial<Task['head']> = {}): Task {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
    hidden: [64, 48],
    rule: 'fedavg',
    training: { batch: 20 },
    federation: { rounds: 1, goal: 1, seed: 9 },
  });
  return { ...task, head: { ...task.head, ...head } };
}

const data = prototypes(1200, BITS, 0.25, 4);
const seen = part(0, 1000);
const unseen = part(1000, 1200);

function part(start: number, end: number): SingleLabelBits {
  const rows = Uint32Array.from({ length: end - start }, (_, i) => start + i);
  const bits = BitMatrix.create(rows.length, BITS);
  data.bits.gatherRows(rows, bits);
  return { bits, labels: data.labels.slice(start, end) };
}

async function train(options: Partial<CentralTraining>): Promise<BinaryLayer[]> {
  let layers: BinaryLayer[] = [];
  const all = { task: taskOf(), data: seen, epochs: 6, batchNorm: true, ...options };
  for await (const { network } of trainCentrally(all)) layers = network();
  return layers;
}

async function accuracy(layers: BinaryLayer[], { bits, labels }: SingleLabelBits): Promise<number> {
  const network = await BinaryNetwork.create(layers);
  const margins = network.margins(bits);
  const right = labels.filter((label, i) => {
    const own = margins.subarray(10 * i, 10 * i + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / labels.length;
}

const digest = (layers: BinaryLayer[]) =>
  sha256Hex(
    encodeHead({
      metadata: { title: 'test', labels: [] },
      layers: layers.map(({ weights, thresholds }) => ({ planes: [weights], thresholds })),
    }),
  );

describe('training in one place', () => {
  it.each([
    ['with batch normalization', true, 'hadamard'],
    ['with batch normalization and a trained output', true, 'trained'],
    ['without', false, 'hadamard'],
  ] as const)('%s: the folded network reads unseen samples', async (_, batchNorm, outputLayer) => {
    const layers = await train({ batchNorm, task: taskOf({ outputLayer }) });
    expect(layers.map(({ weights }) => [weights.rows, weights.cols])).toEqual([
      [64, BITS],
      [48, 64],
      [10, 48],
    ]);
    // Chance is 0.1; a quarter of the bits of each sample is wrong.
    expect(await accuracy(layers, unseen)).toBeGreaterThan(0.9);
    expect(layers[0].thresholds.some((threshold) => threshold !== 0)).toBe(batchNorm);
    expect(layers[2].thresholds.every((threshold) => threshold === 0)).toBe(true);
  });

  it('gives the same network with every way of making products', async () => {
    const digests = new Set<string>();
    for (const kernels of PRODUCT_WAYS) {
      digests.add(digest(await train({ epochs: 1, data: unseen, kernels })));
    }
    expect(digests.size).toBe(1);
  });

  it('refuses what it cannot train, naming the fields', async () => {
    await expect(train({ task: taskOf({ weights: 'ternary' }) })).rejects.toThrow(/head\.weights/);
  });
});
