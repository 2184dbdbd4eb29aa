import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadMnist, takeSamples } from '@fedhybnn/client/node';
import { decodeExtractorFile, loadExtractor } from '@fedhybnn/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PretrainOptions, type PretrainProgress, pretrainPatches } from './index.js';
import { learnDictionary } from './patch-dictionary.js';
import { sampleImages } from './sample-images.js';

let options: PretrainOptions;
beforeAll(async () => {
  const digits = await loadMnist({ split: 'train' });
  const { images } = takeSamples(
    digits,
    Uint32Array.from({ length: 400 }, (_, i) => 7 * i),
  );
  options = {
    ...{ images, name: 'small', filters: 6, grid: 6, bits: 100, seed: 1, patches: 2000 },
    trainedOn: '400 digits',
    command: 'a test',
  };
});

describe('pretraining', () => {
  it('makes a file whose extractor sets about half of its bits', async () => {
    const { file, statistics } = await pretrainPatches(options);
    const extractor = await loadExtractor(file);
    expect(extractor).toMatchObject({ kind: 'patches', bits: 100 });
    const bits = await extractor.extract(options.images);
    let set = 0;
    for (let i = 0; i < 400; i++) for (let b = 0; b < 100; b++) if (bits.get(i, b)) set++;
    expect(set / 40_000).toBeGreaterThan(0.45);
    expect(set / 40_000).toBeLessThan(0.55);
    expect(statistics.features).toBe(6 * 36);
    expect(statistics.entropyPerBit).toBeGreaterThan(0.9);
    expect(statistics.entropyPerBit).toBeLessThanOrEqual(1);
    expect(statistics.guardBand).toBeLessThan(0.01);
    expect(decodeExtractorFile(file).header).toMatchObject({
      name: 'small',
      trainedOn: '400 digits',
      command: 'a test',
      guardBand: statistics.guardBand,
    });
  });

  it('is decided by its seed', async () => {
    const { file } = await pretrainPatches(options);
    expect((await pretrainPatches(options)).file).toEqual(file);
    expect((await pretrainPatches({ ...options, seed: 2 })).file).not.toEqual(file);
  });

  it('tells how far each stage is', async () => {
    const stages = new Map<string, number>();
    const onProgress = ({ stage, done }: PretrainProgress) => {
      expect(done).toBeGreaterThan(stages.get(stage) ?? 0);
      stages.set(stage, done);
    };
    await pretrainPatches({ ...options, onProgress });
    expect([...stages]).toEqual([
      ['dictionary', 1],
      ['features', 1],
      ['thresholds', 1],
    ]);
  });

  it('pads images only as far as the grid needs', async () => {
    const paddingOf = async (grid: number) => {
      const { file } = await pretrainPatches({ ...options, grid, bits: 4 });
      const { header } = decodeExtractorFile(file);
      return header.kind === 'patches' ? header.padding : undefined;
    };
    // 5×5 patches on 28 pixels: 28 responses with a padding of 2, 24 with none.
    expect(await paddingOf(7)).toBe(2);
    expect(await paddingOf(6)).toBe(0);
    await expect(paddingOf(11)).rejects.toThrow(/grid of 11×11 does not divide/);
  });

  it('refuses more bits than features that vary', async () => {
    const pretrain = pretrainPatches({ ...options, bits: 6 * 36 + 1 });
    await expect(pretrain).rejects.toMatchObject({ code: 'bad-request' });
  });
});

it('the shipped extractor has the dictionary that its command learns, on any machine', async () => {
  const path = createRequire(import.meta.url).resolve(
    '@fedhybnn/shared/extractors/mnist-patches-512.fhx',
  );
  const shipped = decodeExtractorFile(new Uint8Array(await readFile(path)));
  if (!('arrays' in shipped)) throw new Error('not a patches extractor');
  const { header, arrays } = shipped;
  expect(header.command).toBe(
    'fedhybnn-simulate pretrain --kind patches --dataset mnist --bits 512 --filters 24 --grid 6 --samples 10000 --seed 1',
  );
  const digits = await loadMnist({ split: 'train' });
  const images = sampleImages(digits.images, 10_000, 1);
  const weights = learnDictionary({
    ...{ images, filters: 24, size: 5, patches: 60_000, seed: 1 },
  });
  expect(weights).toEqual(arrays.weights);
});
