/** A federation of twelve clients that learns ten classes of 128 bits in moments. */
import {
  BitMatrix,
  deriveSeed,
  encodeExtractorFile,
  mnistTask,
  Random,
  type RuleSettings,
  type SingleLabelBits,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import { partition } from '../../partitions/partition.js';
import type { Simulation } from '../simulation.js';

const extractorFile = encodeExtractorFile({
  header: {
    kind: 'pixels',
    name: 'tiny',
    bits: 128,
    input: { width: 16, height: 8, channels: 1 },
    command: 'made by a test',
    threshold: 128,
  },
});

/** Ten classes, each around a random prototype of 128 bits. */
function prototypes(samples: number, seed: string): SingleLabelBits {
  const centers = new Random(deriveSeed(1, 'centers'));
  const center = Array.from({ length: 10 * 128 }, () => centers.unit() < 0.5);
  const random = new Random(deriveSeed(1, seed));
  const bits = BitMatrix.create(samples, 128);
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    labels[i] = random.below(10);
    for (let k = 0; k < 128; k++)
      bits.set(i, k, center[labels[i] * 128 + k] !== random.unit() < 0.3);
  }
  return { bits, labels };
}

export const training = prototypes(1200, 'training');
export const test = prototypes(500, 'test');

export function tinySimulation(
  change: { workers?: number; spec?: 'iid' | 'dirichlet'; seed?: number } & Partial<
    Task['federation']
  > = {},
  rule: RuleSettings['kind'] = 'sign-vote',
): Simulation {
  const { workers = 2, spec = 'iid', seed = 4, ...federation } = change;
  const clients = 12;
  const task = mnistTask({
    extractor: { sha256: sha256Hex(extractorFile), kind: 'pixels', bits: 128 },
    hidden: [48],
    rule,
    training: { batch: 20 },
    federation: {
      rounds: 4,
      goal: 5,
      minimum: 5,
      ready: clients,
      gatherMs: 60_000,
      deadlineMs: 60_000,
      seed,
      ...federation,
    },
  });
  return {
    task: { ...task, input: { kind: 'image', width: 16, height: 8, channels: 1 } },
    extractorFile,
    training,
    test,
    partition: partition({ kind: spec, alpha: 0.3 }, training.labels, clients, seed),
    workers,
  };
}
