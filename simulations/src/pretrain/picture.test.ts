import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dictionarySheet, reconstructionSheet, writePicture } from './picture.js';
import { tileSheet } from './tile-sheet.js';

const fills = (svg: string) => [...svg.matchAll(/fill="(rgb[^"]*)"/g)].map(([, fill]) => fill);

describe('a sheet of tiles', () => {
  it('draws filters from blue by white to red, each to its own largest weight', () => {
    const grid = { width: 2, height: 2 };
    // Of filter 0: −4, 0, 4, 2; of filter 1: 2, 1, −2, 0.
    const weights = Float32Array.of(-4, 2, 0, 1, 4, -2, 2, 0);
    const dictionary = { size: 2, channels: 1, filters: 2, grid, weights };
    const svg = tileSheet(dictionarySheet('small <dictionary>', dictionary));
    expect(fills(svg)).toEqual([
      ...['rgb(0,90,181)', 'rgb(255,255,255)', 'rgb(200,40,20)', 'rgb(228,148,138)'],
      ...['rgb(200,40,20)', 'rgb(228,148,138)', 'rgb(0,90,181)', 'rgb(255,255,255)'],
    ]);
    expect(svg).toContain('small &lt;dictionary>');
    expect(svg).toContain('2 filters of 2×2, 8 features');
  });

  it('draws images in their own shades and colors, in lines of twelve', () => {
    const shape = { width: 1, height: 1, channels: 3 };
    const originals = Float32Array.from({ length: 39 }, (_, i) => (i % 3) / 2);
    const svg = tileSheet(reconstructionSheet('rgb', shape, originals, new Float32Array(39)));
    expect(fills(svg).slice(0, 13)).toEqual(new Array(13).fill('rgb(0,128,255)'));
    expect(fills(svg).slice(13)).toEqual(new Array(13).fill('rgb(0,0,0)'));
    const places = [...svg.matchAll(/translate\((\d+) (\d+)\)/g)].map(([, x, y]) => [+x, +y]);
    expect(places[12][0]).toBe(places[0][0]);
    expect(places[12][1]).toBeGreaterThan(places[0][1]);
    expect(places).toHaveLength(26);
  });
});

describe('a picture', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-picture-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is what its name says', async () => {
    const sheet = { title: 'empty', rows: [] };
    await writePicture(join(folder, 'a.svg'), sheet);
    await writePicture(join(folder, 'a.png'), sheet);
    expect(await readFile(join(folder, 'a.svg'), 'utf8')).toMatch(/^<svg.*<\/svg>$/s);
    expect((await readFile(join(folder, 'a.png'))).subarray(1, 4).toString()).toBe('PNG');
  });
});
