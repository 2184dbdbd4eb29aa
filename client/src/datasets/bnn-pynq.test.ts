import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BinaryNetwork,
  BitMatrix,
  encodeHead,
  FederationError,
  LFC_CLASSES,
  LFC_INPUTS,
  lfcHead,
  loadHead,
  readBnnPynqLfc,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { loadMnist } from './mnist.js';

const folder =
  process.env.FEDHYBNN_LFC ??
  fileURLToPath(new URL('../../../../shared/data/bnn-pynq-lfc', import.meta.url));

describe.skipIf(!existsSync(folder))('BNN-PYNQ LFC (needs its weights, in FEDHYBNN_LFC)', () => {
  it('reads 98.35 % of the MNIST test images right, as its authors published', async () => {
    const layers = await readBnnPynqLfc(
      async (name) => new Uint8Array(await readFile(join(folder, name))),
    );
    const network = await BinaryNetwork.create(layers);
    const { images, labels } = await loadMnist({ split: 'test' });
    const bits = BitMatrix.create(images.count, LFC_INPUTS);
    for (let i = 0; i < images.count; i++) {
      for (let k = 0; k < 784; k++) bits.set(i, k, images.pixels[i * 784 + k] >= 128);
    }
    const margins = network.margins(bits);
    let correct = 0;
    labels.forEach((label, i) => {
      const own = margins.subarray(i * network.outputs, i * network.outputs + LFC_CLASSES);
      if (own.indexOf(Math.max(...own)) === label) correct++;
    });
    expect(Math.abs(correct / images.count - 0.9835)).toBeLessThanOrEqual(0.0002);

    const head = await loadHead(encodeHead(lfcHead(layers, '0'.repeat(64))));
    const predicted = labels.map((_, i) => {
      head.input.set(bits.row(i).subarray(0, 784 / 8));
      return head.predict();
    });
    expect(predicted.filter((label, i) => label === labels[i]).length).toBe(correct);
  });
});

describe('the reader of BNN-PYNQ weights', () => {
  it('names a file of the wrong length', async () => {
    await expect(readBnnPynqLfc(async () => new Uint8Array(7))).rejects.toThrow(
      new FederationError(
        'file-corrupt',
        '0-0-weights.bin: has 7 bytes, not 3328; get the LFC weights of BNN-PYNQ again',
      ),
    );
  });
});
