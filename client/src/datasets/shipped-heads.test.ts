import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadExtractor, loadHead } from '@fedhybnn/shared';
import { expect, it } from 'vitest';
import { loadMnist } from './mnist.js';

const shipped = (name: string) =>
  readFile(fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url)));

it('the shipped LFC network reads 98.35 ± 0.02 % of the MNIST test images right', async () => {
  const head = await loadHead(await shipped('heads/mnist-lfc.fhh'));
  const extractor = await loadExtractor(await shipped('extractors/mnist-pixels.fhx'));
  expect(head.metadata.extractor).toBe(extractor.sha256);
  const { images, labels } = await loadMnist({ split: 'test' });
  const bits = await extractor.extract(images);
  const right = labels.filter((label, i) => {
    head.input.set(bits.row(i));
    return head.predict() === label;
  });
  expect(Math.abs(right.length / labels.length - 0.9835)).toBeLessThanOrEqual(0.0002);
});
