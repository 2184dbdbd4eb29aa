import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMnist, takeSamples } from '@fedhybnn/client/node';
import { decodeExtractorFile, FederationError, loadExtractor } from '@fedhybnn/shared';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FederatedOptions } from './options.js';
import { pretrainFederated } from './pretrain-federated.js';

/** 200 digits, 20 clients. */
let digits: ReturnType<typeof takeSamples>;
beforeAll(async () => {
  const indices = Uint32Array.from({ length: 200 }, (_, i) => 7 * i);
  digits = takeSamples(await loadMnist({ split: 'train' }), indices);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-federated-'));
});
afterEach(() => rm(folder, { recursive: true }));

const optionsOf = (changes: Partial<FederatedOptions> = {}): FederatedOptions => ({
  ...{ dataset: 'mnist', imageSize: 32, color: 'gray', splitSeed: 1, federated: true },
  ...{ kind: 'patches', bits: 60, filters: 6, grid: 4, clients: 20, cohort: 5, panel: 10 },
  ...{ rounds: 4, patches: 100, images: 8, partition: { kind: 'dirichlet', alpha: 0.1 } },
  ...{ resume: false, seed: 1, out: join(folder, 'my.fhx'), json: false },
  ...changes,
});

/** Plays; the signal comes after so many rounds. */
async function play(changes: Partial<FederatedOptions> = {}, stopAfter = 99) {
  const lines: string[] = [];
  const stop = new AbortController();
  const made = pretrainFederated(
    optionsOf(changes),
    digits,
    (line) => {
      lines.push(line);
      if (lines.length === stopAfter) stop.abort();
    },
    stop.signal,
  );
  return { ...(await made), lines };
}

describe('a federated dictionary', () => {
  it('is an ordinary extractor that says where it is from', async () => {
    const { file, statistics, lines } = await play();
    const extractor = await loadExtractor(file);
    expect(extractor).toMatchObject({ kind: 'patches', bits: 60 });
    const bits = await extractor.extract(digits.images);
    let set = 0;
    for (let i = 0; i < 200; i++) for (let b = 0; b < 60; b++) if (bits.get(i, b)) set++;
    expect(set / 12_000).toBeGreaterThan(0.45);
    expect(set / 12_000).toBeLessThan(0.55);
    expect(decodeExtractorFile(file).header).toMatchObject({
      name: 'mnist-federated-60',
      trainedOn: expect.stringMatching(
        /^unlabeled training images of mnist, learned by a federation of 20 clients \(dirichlet:0\.1\), task [0-9a-f]{64}$/,
      ),
      command:
        'fedhybnn-simulate pretrain --federated --dataset mnist --clients 20 --cohort 5 --panel 10 --rounds 4 --patches 100 --images 8 --partition dirichlet:0.1 --bits 60 --filters 6 --grid 4 --seed 1',
    });
    expect(lines).toHaveLength(9);
    expect(lines[2]).toMatch(/^round 3\/9 {2}centroids {2}objective \d\.\d{4} {2}5 updates {2}/);
    expect(statistics).toMatchObject({ clients: 20, cohort: 5, panel: 10, rounds: 9 });
    // Frames of 88 bytes: 10 of moments (1 + 650), 5 of centroids in 4 rounds (6 + 300), and
    // 10 of thresholds (1 + 96·16/2, the last 1 + 96·19/2).
    expect(statistics.uplinkBytes).toBe(
      10 * (88 + 651) + 20 * (88 + 306) + 30 * (88 + 769) + 10 * (88 + 913),
    );
  });

  it('is the same to the byte when it was stopped after any round and resumed', async () => {
    const whole = await play();
    for (const round of [1, 3, 8]) {
      const stopped = await play({}, round).catch((error: unknown) => error);
      expect(stopped).toMatchObject({
        code: 'interrupted',
        message: expect.stringMatching(`stopped after round ${round}, kept in .*my.fhx.state.json`),
      });
      const resumed = await play({ resume: true });
      expect(resumed.lines[0]).toMatch(`resumed after round ${round} from`);
      expect(resumed.lines).toHaveLength(1 + 9 - round);
      expect(resumed.file).toEqual(whole.file);
      expect(resumed.statistics).toEqual(whole.statistics);
      expect(await readdir(folder)).toEqual(['my.fhx.state.json']);
      await resumed.discard();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('starts anew without --resume, and with it where nothing was kept', async () => {
    const first = await play({ resume: true });
    expect(first.lines).toHaveLength(9);
    expect((await play()).lines).toHaveLength(9);
    expect((await play({ seed: 2 })).file).not.toEqual(first.file);
  });

  it('does not resume what is of other options, or no kept state', async () => {
    await play({}, 1).catch((error: FederationError) => expect(error.code).toBe('interrupted'));
    await expect(play({ resume: true, seed: 2 })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/^--resume: .* is of other options or data \(.*--seed 1\)/),
    });
    const path = join(folder, 'my.fhx.state.json');
    const text = await readFile(path, 'utf8');
    for (const broken of [
      '',
      '{}',
      text.slice(0, -9),
      text.replace(/"state":"..../, '"state":"'),
    ]) {
      await writeFile(path, broken);
      await expect(play({ resume: true })).rejects.toMatchObject({ code: 'file-corrupt' });
    }
  });

  it('is learned from images in color as well', async () => {
    const { images } = digits;
    // Red, green and blue differ in strength, so that channels cannot be mixed up unnoticed.
    const pixels = Uint8Array.from({ length: 3 * images.pixels.length }, (_, i) =>
      Math.floor(images.pixels[Math.floor(i / 3)] / (1 + (i % 3))),
    );
    const colored = { ...digits, images: { ...images, channels: 3, pixels } };
    const signal = new AbortController().signal;
    const { file } = await pretrainFederated(optionsOf(), colored, () => {}, signal);
    const extractor = await loadExtractor(file);
    expect(extractor.input).toEqual({ width: 28, height: 28, channels: 3 });
    expect((await extractor.extract(colored.images)).rows).toBe(200);
  });

  it.each<[Partial<FederatedOptions>, RegExp]>([
    [{ grid: 5 }, /grid of 5×5 does not divide/],
    [{ bits: 97 }, /"dictionary.bits" is 97, but there are only 96 features/],
    [{ clients: 300 }, /--clients 300: the data set has only 200 samples/],
  ])('refuses %j by name', async (changes, message) => {
    await expect(play(changes)).rejects.toThrow(message);
    await expect(play(changes)).rejects.toBeInstanceOf(FederationError);
    expect(await readdir(folder)).toEqual([]);
  });
});
