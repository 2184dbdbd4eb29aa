import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageDataset } from '@fedhybnn/client/node';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { type DealOptions, dealDataset, seenByClients, writePartitionPictures } from './index.js';
import { pictureOf, statisticsOf } from './show.js';

const count = 120;
const dataset: ImageDataset = {
  name: 'tiny-train',
  images: { count, width: 4, height: 4, channels: 1, pixels: new Uint8Array(16 * count).fill(90) },
  labels: Int32Array.from({ length: count }, (_, i) => i % 4),
  classes: ['north', 'east', 'south', 'a very long name of a class'],
  sha256: '2'.repeat(64),
};
const options = (change: Partial<DealOptions> = {}): DealOptions => ({
  partition: { kind: 'iid' },
  clients: 6,
  rounds: 9,
  seed: 1,
  ...change,
});
const deal = (change: Partial<DealOptions> = {}) => dealDataset(dataset, count, options(change));

it('tells sizes, labels a client and how unlike the clients are', () => {
  const one = { partition: { kind: 'classes', labelsPerClient: 1 }, clients: 4 } as const;
  expect(statisticsOf(deal(one), dataset)).toEqual({
    ...{ clients: 4, counted: 4, samples: 120, smallest: 30, median: 30, largest: 30 },
    // ½ (¾ + 3 · ¼) of a label distribution that is all one label.
    ...{ labelsPerClient: 1, labelSkew: 0.75 },
  });
  const alike = statisticsOf(deal({ clients: 1 }), dataset);
  expect(alike).toMatchObject({ samples: 120, labelsPerClient: 4, labelSkew: 0 });
});

it('looks at some thousands of clients where there are more', () => {
  const many = { clients: 40_000, rows: (client: number) => Uint32Array.of(client % count) };
  const { clients, counted, samples } = statisticsOf(many, dataset);
  expect({ clients, counted, samples }).toEqual({
    clients: 40_000,
    counted: 10_000,
    samples: 10_000,
  });
});

it('draws a disc for each label that a client holds, and three moments of a drift', () => {
  const texts = (svg: string) =>
    [...parseHTML(svg).document.querySelectorAll('text')].map((text) => text.textContent);
  const spec = { partition: { kind: 'classes', labelsPerClient: 2 } } as const;
  const still = pictureOf(deal(spec), dataset, options(spec));
  expect(parseHTML(still).document.querySelectorAll('circle')).toHaveLength(6 * 2);
  expect(texts(still)).toContain('tiny by classes:2, 6 clients');
  expect(texts(still)).toContain('a very long n…');
  const drift = { ...spec, drift: { kind: 'iid' } } as const;
  const moved = texts(pictureOf(deal(drift), dataset, options(drift)));
  for (const heading of [
    'tiny by classes:2 → iid, 6 clients, round 1 of 9',
    'round 5 of 9',
    'round 9 of 9',
  ]) {
    expect(moved).toContain(heading);
  }
});

it('writes pictures of who holds what, and of what clients see', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fedhybnn-pictures-'));
  try {
    const skew = { featureSkew: { rotation: 20, noise: 0.1, contrast: 0 } };
    const dealt = deal(skew);
    await writePartitionPictures(
      folder,
      dealt,
      seenByClients(dataset, dealt, options(skew)),
      options(skew),
    );
    for (const name of ['partition', 'feature-skew']) {
      const png = await readFile(join(folder, `${name}.png`));
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(await readFile(join(folder, `${name}.svg`), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
