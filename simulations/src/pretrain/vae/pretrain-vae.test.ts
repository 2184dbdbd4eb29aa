import { deriveSeed, type ImageBatch, loadExtractor, Random } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { toIntegers } from './integer-encoder.js';
import { pretrainVae, type VaePretraining } from './pretrain-vae.js';
import { pixelsOf, type VaeSettings } from './train-vae.js';

/** Bars, upright or lying, at random places: structure that latents can tell. */
function bars(count: number, seed: number): ImageBatch {
  const random = new Random(deriveSeed(seed, 'bars'));
  const side = 8;
  const pixels = new Uint8Array(count * side * side);
  for (let i = 0; i < count; i++) {
    const [at, upright] = [random.below(side), random.below(2) === 1];
    for (let k = 0; k < side; k++) {
      pixels[i * side * side + (upright ? k * side + at : at * side + k)] = 200 + random.below(56);
    }
  }
  return { count, width: side, height: side, channels: 1, pixels };
}

const settings: VaeSettings = {
  ...{ variant: 'denoising', hidden: 12, bits: 10, epochs: 3, batch: 16, learningRate: 0.01 },
  ...{ noise: 0.2, divergenceWeight: 1, seed: 4 },
};

const options = (change: Partial<VaePretraining> = {}): VaePretraining => ({
  ...{ images: bars(300, 1), settings, name: 'bars', trainedOn: 'bars', command: 'a test' },
  ...change,
});

describe('pretraining a vae', () => {
  it.each(['bernoulli', 'concrete', 'denoising'] as const)(
    'learns to reconstruct (%s)',
    async (variant) => {
      const losses: number[] = [];
      await pretrainVae(
        options({
          settings: { ...settings, variant, epochs: 12, divergenceWeight: 0.01 },
          onEpoch: async (_, { reconstruction }) => void losses.push(reconstruction),
        }),
      );
      expect(losses).toHaveLength(12);
      expect(losses[11]).toBeLessThan(0.8 * losses[0]);
    },
  );

  it('gives the same file when it is left after an epoch and taken up again', async () => {
    const whole = await pretrainVae(options());
    const left: Uint8Array[] = [];
    await pretrainVae(options({ onEpoch: async (_, __, bytes) => void left.push(bytes) }));
    const epochs: number[] = [];
    const resumed = await pretrainVae(
      options({
        checkpoint: { bytes: left[0], path: 'x' },
        onEpoch: async (epoch) => void epochs.push(epoch),
      }),
    );
    expect(epochs).toEqual([2, 3]);
    expect(resumed.file).toEqual(whole.file);
  });

  it('refuses a checkpoint of other settings or images, and a damaged one', async () => {
    const left: Uint8Array[] = [];
    await pretrainVae(options({ onEpoch: async (_, __, bytes) => void left.push(bytes) }));
    const checkpoint = { bytes: left[0], path: 'bars.fhx.checkpoint' };
    const other = [{ settings: { ...settings, noise: 0.3 } }, { images: bars(300, 2) }];
    for (const change of other) {
      await expect(pretrainVae(options({ checkpoint, ...change }))).rejects.toThrow(
        /bars\.fhx\.checkpoint is of another training.*delete it/,
      );
    }
    const damaged = left[0].slice();
    damaged[damaged.length - 3] ^= 1;
    for (const bytes of [damaged, left[0].subarray(0, -4)]) {
      await expect(
        pretrainVae(options({ checkpoint: { bytes, path: 'x' } })),
      ).rejects.toMatchObject({
        code: 'file-corrupt',
        message: expect.stringMatching(/"checksum"/),
      });
    }
    await expect(
      pretrainVae(options({ checkpoint: { bytes: Uint8Array.of(1, 2), path: 'x' } })),
    ).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('makes bits that half of the images set', async () => {
    const { file } = await pretrainVae(options({ settings: { ...settings, epochs: 6 } }));
    const extractor = await loadExtractor(file);
    const images = bars(400, 9);
    const bits = await extractor.extract(images);
    for (let l = 0; l < settings.bits; l++) {
      let set = 0;
      for (let i = 0; i < images.count; i++) set += Number(bits.get(i, l));
      expect(Math.abs(set / images.count - 0.5)).toBeLessThan(0.35);
    }
  });
});

describe('the encoder in integers', () => {
  it('orders images as the real-valued one does', () => {
    const images = bars(200, 3);
    const random = new Random(deriveSeed(2, 'weights'));
    const [hidden, bits] = [9, 7];
    const draw = (length: number) => Float32Array.from({ length }, () => random.unit() - 0.5);
    const real = {
      weights1: draw(64 * hidden),
      biases1: draw(hidden),
      weights2: draw(hidden * bits),
    };
    const { thresholds, ...integer } = toIntegers(real, images);
    expect(thresholds).toHaveLength(bits);
    const pixels = pixelsOf(
      images,
      Uint32Array.from({ length: images.count }, (_, i) => i),
    );
    let agreeing = 0;
    for (let i = 0; i < images.count; i++) {
      const values = Array.from({ length: hidden }, (_, h) => {
        let sum = real.biases1[h];
        for (let k = 0; k < 64; k++) sum += pixels[i * 64 + k] * real.weights1[k * hidden + h];
        return Math.max(0, sum);
      });
      const whole = Array.from({ length: hidden }, (_, h) => {
        let sum = integer.biases[h];
        for (let k = 0; k < 64; k++)
          sum += images.pixels[i * 64 + k] * integer.first[k * hidden + h];
        return Math.max(0, Math.min(255, Math.floor(sum * integer.scales[h])));
      });
      for (let l = 0; l < bits; l++) {
        const exact = values.reduce((sum, y, h) => sum + y * real.weights2[h * bits + l], 0);
        const rough = whole.reduce((sum, y, h) => sum + y * integer.second[h * bits + l], 0);
        agreeing += Number(exact > 0 === rough > 0);
      }
    }
    expect(agreeing / (images.count * bits)).toBeGreaterThan(0.97);
  });
});
