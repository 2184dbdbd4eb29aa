import type { Dataset } from '@fedhybnn/client/node';
import { initialModel, loadExtractor, type SingleLabelBits } from '@fedhybnn/shared';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { PlayedRound } from '../engine/observer.js';
import { test, tinySimulation, training } from '../engine/testing/tiny-simulation.js';
import { partition } from '../partitions/index.js';
import { attacked } from './attacked.js';
import { holdOut } from './hold-out.js';
import { addRunOptions, type RunOptions } from './options.js';

/** 16 × 8 images whose pixels are the latent bits. */
function dataset({ bits, labels }: SingleLabelBits): Dataset {
  const pixels = Uint8Array.from({ length: bits.rows * 128 }, (_, i) =>
    bits.get(i >> 7, i & 127) ? 255 : 0,
  );
  const images = { count: bits.rows, width: 16, height: 8, channels: 1, pixels };
  return { name: 'tiny', images, labels, classes: [], sha256: '' };
}

const { task, extractorFile, ...simulation } = tinySimulation();
const sources = async () => ({
  trainingSet: dataset(training),
  testSet: dataset(test),
  extractor: await loadExtractor(extractorFile),
});
const options = (...args: string[]) =>
  addRunOptions(new Command()).exitOverride().parse(args, { from: 'user' }).opts<RunOptions>();

describe('the attack of a run', () => {
  it('is none unless it is asked for', async () => {
    expect(await attacked(options(), task, simulation, await sources())).toBe(simulation);
  });

  it('plays in process only', async () => {
    const asked = options('--attack', 'collusion:0.2', '--mode', 'wire');
    await expect(attacked(asked, task, simulation, await sources())).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('leave out --mode wire'),
    });
  });

  it.each([
    ['test', test.labels],
    ['validation', (holdOut(training).test as SingleLabelBits).labels],
  ] as const)(
    'measures a backdoor on the images that the run evaluates on: %s',
    async (on, labels) => {
      const asked = options('--attack', 'backdoor:0.3', '--evaluate-on', on);
      const kept = on === 'test' ? training : (holdOut(training).training as SingleLabelBits);
      const samples = { training: kept, partition: partition({ kind: 'iid' }, kept.labels, 12, 1) };
      const made = await attacked(asked, task, samples, await sources());
      const observers = 'observers' in made ? made.observers : [];
      // Whatever it is taken for: a whole number of the images of other classes.
      const others = labels.filter((label) => label !== 0).length;
      const extra = await observers?.[0].observe({
        ...{ metrics: { accuracy: 0.5 }, model: initialModel(task) },
      } as PlayedRound);
      const hits = Number(extra?.attackSuccess) * others;
      expect(Math.abs(hits - Math.round(hits))).toBeLessThan(1e-9);
      expect(hits).toBeGreaterThan(0);
    },
  );
});
