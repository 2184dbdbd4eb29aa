import {
  BitMatrix,
  encodeExtractorFile,
  loadExtractor,
  mnistTask,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { toLatentBits } from './latent-bits.js';

const file = encodeExtractorFile({
  header: {
    kind: 'pixels',
    name: 'tiny',
    bits: 4,
    input: { width: 2, height: 2, channels: 1 },
    command: 'made by a test',
    threshold: 128,
  },
});
const single: Task = {
  ...mnistTask({
    extractor: { sha256: sha256Hex(file), kind: 'pixels', bits: 4 },
    hidden: [8],
    federation: { rounds: 1, goal: 1 },
  }),
  input: { kind: 'image', width: 2, height: 2, channels: 1 },
  labels: ['left', 'right'],
};
const multi: Task = {
  ...single,
  classification: 'multi-label',
  training: { ...single.training, loss: 'sigmoid-cross-entropy' },
};

const images = {
  ...{ count: 2, width: 2, height: 2, channels: 1 as const },
  pixels: Uint8Array.of(255, 0, 0, 255, 0, 255, 255, 255),
};
const bits = BitMatrix.fromSigns(2, 4, [1, -1, -1, 1, -1, 1, 1, 1]);

describe("a participant's images", () => {
  const open = () => loadExtractor(file);

  it('become latent bits with one label each, or a bit for each label', async () => {
    const labels = Int32Array.of(0, 1);
    const one = await toLatentBits(single, { kind: 'images', images, labels }, open, () => {});
    expect(one.data).toEqual({ bits, labels });
    const targets = BitMatrix.fromSigns(2, 2, [1, 1, -1, 1]);
    const many = await toLatentBits(multi, { kind: 'images', images, targets }, open, () => {});
    expect(many.data).toEqual({ bits, targets });
  });

  it('are refused with labels of another kind than the task has', async () => {
    const labels = Int32Array.of(0, 1);
    await expect(
      toLatentBits(multi, { kind: 'images', images, labels }, open, () => {}),
    ).rejects.toThrow(/is multi-label; give a bit for each label/);
  });
});
