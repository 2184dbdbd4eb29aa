import { type BitMatrix, type LabeledBits, loadExtractor, ROBUST_DEFAULTS } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { simulateInProcess } from '../engine/in-process.js';
import type { Simulation } from '../engine/simulation.js';
import { test, tinySimulation, training } from '../engine/testing/tiny-simulation.js';
import type { AttackSpec } from './attack.js';
import { attackSuccess, type LabeledImages, TARGET } from './backdoor.js';
import { withTrigger } from './trigger.js';
import { underAttack } from './under-attack.js';

/** The 16 × 8 images whose pixels are the latent bits. */
function imagesOf({ bits, labels }: { bits: BitMatrix; labels: Int32Array }): LabeledImages {
  const pixels = Uint8Array.from({ length: bits.rows * 128 }, (_, i) =>
    bits.get(i >> 7, i & 127) ? 255 : 0,
  );
  return { images: { count: bits.rows, width: 16, height: 8, channels: 1, pixels }, labels };
}

async function attackOn(
  simulation: Simulation,
  spec: AttackSpec,
): Promise<Simulation & { training: LabeledBits }> {
  const extractor = await loadExtractor(simulation.extractorFile);
  const source = { training: imagesOf(training), test: imagesOf(test), extractor };
  return { ...simulation, ...(await underAttack(spec, simulation.task, simulation, 1, source)) };
}

describe('the trigger', () => {
  it('is a square near the lower right corner, all channels bright, and nothing else', () => {
    const images = { count: 2, width: 28, height: 28, channels: 3, pixels: new Uint8Array(4704) };
    const { pixels } = withTrigger(images);
    const lit = [...pixels.keys()].filter((i) => pixels[i] !== 0);
    expect(lit).toHaveLength(2 * 4 * 4 * 3);
    for (const i of lit) {
      const [y, x] = [Math.floor((i % 2352) / 84), Math.floor((i % 84) / 3)];
      expect(y >= 21 && y < 25 && x >= 21 && x < 25).toBe(true);
    }
    expect(images.pixels.every((value) => value === 0)).toBe(true);
  });
});

describe('a backdoor', () => {
  const spec = { kind: 'backdoor', share: 0.34 } as const;

  it('makes triggered images the target, and leaves most others what they are', async () => {
    const clean = tinySimulation({ rounds: 12, goal: 12, minimum: 12 }, 'fedavg');
    const extractor = await loadExtractor(clean.extractorFile);
    const observers = [await attackSuccess(clean.task, imagesOf(test), extractor)];
    const without = await simulateInProcess({ ...clean, observers });
    const result = await simulateInProcess(await attackOn(clean, { ...spec, strength: 3 }));
    const [before, after] = [without, result].map(({ rounds }) => rounds.at(-1)?.extra);
    expect(before?.attackSuccess).toBeLessThan(0.05);
    expect(after?.attackSuccess).toBeGreaterThan(0.35);
    expect(result.accuracy).toBeGreaterThan(without.accuracy - 0.15);
  });

  it('is planted in half of the attackers’ samples', async () => {
    const simulation = tinySimulation();
    const { training: poisoned } = await attackOn(simulation, spec);
    const added = poisoned.bits.rows - training.bits.rows;
    expect(added).toBe(400);
    const labels = 'labels' in poisoned ? poisoned.labels.subarray(training.labels.length) : [];
    const targets = labels.filter((label) => label === TARGET).length;
    // Half of them, and a tenth of the other half.
    expect(targets).toBeGreaterThan(200);
    expect(targets).toBeLessThan(250);
  });

  it('needs images', async () => {
    const { task, ...samples } = tinySimulation();
    await expect(underAttack(spec, task, samples, 1)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('--attack backdoor'),
    });
  });
});

describe('a federation under attack', () => {
  it.each([
    ['label-flip', 'sign-vote'],
    ['ipm', 'block-vote'],
    ['sybil', 'flip-vote'],
    ['random', 'fedavg'],
    ['backdoor', 'sign-vote'],
  ] as const)('gives the same models with any number of workers: %s on %s', async (kind, rule) => {
    const play = async (workers: number) => {
      const simulation = tinySimulation({ workers, rounds: 2 }, rule);
      return simulateInProcess(await attackOn(simulation, { kind, share: 0.34 }));
    };
    const [one, two] = [await play(1), await play(2)];
    expect(two.modelHash).toBe(one.modelHash);
    expect((await simulateInProcess(tinySimulation({ rounds: 2 }, rule))).modelHash).not.toBe(
      one.modelHash,
    );
  });

  it('loses by a boosted minority what a norm cap keeps', async () => {
    const play = async (robust?: object) => {
      const simulation = tinySimulation(
        { rounds: 8, goal: 12, minimum: 12, ...(robust && { robust }) },
        'fedavg',
      );
      return simulateInProcess(await attackOn(simulation, { kind: 'boost', share: 0.25 }));
    };
    expect((await play()).accuracy).toBeLessThan(0.3);
    expect((await play({ normCap: ROBUST_DEFAULTS.normCap })).accuracy).toBeGreaterThan(0.5);
  });
});
