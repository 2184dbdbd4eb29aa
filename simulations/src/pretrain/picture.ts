/** What a pretrained extractor has learned, as a picture. */
import { type PatchDictionary, patchFeatureCount } from '@fedhybnn/shared';
import { pngOf } from '../plots/svg.js';
import { writeWhole } from '../run/write-whole.js';
import { type Tile, type TileSheet, tileSheet } from './tile-sheet.js';

/** Writes the sheet: PNG where the name ends so, else SVG. */
export async function writePicture(file: string, sheet: TileSheet): Promise<void> {
  const svg = tileSheet(sheet);
  await writeWhole(file, file.endsWith('.png') ? pngOf(svg) : new TextEncoder().encode(svg));
}

/** The filters of a dictionary, each in colors to its own largest weight. */
export function dictionarySheet(
  name: string,
  dictionary: Pick<PatchDictionary, 'size' | 'channels' | 'filters' | 'grid' | 'weights'>,
): TileSheet {
  const { size, channels, filters, weights, grid } = dictionary;
  const tiles = Array.from({ length: filters }, (_, f): Tile => {
    const values = Float32Array.from(
      { length: size * size * channels },
      (_, i) => weights[i * filters + f],
    );
    return { width: size, height: size, channels, values, kind: 'signed' };
  });
  const label = `${filters} filters of ${size}×${size}, ${patchFeatureCount({ filters, grid })} features`;
  return { title: name, rows: [{ label, tiles }] };
}

/** Images above what was made of them; values from 0 to 1, [images][pixels]. */
export function reconstructionSheet(
  name: string,
  shape: { readonly width: number; readonly height: number; readonly channels: number },
  originals: Float32Array,
  reconstructions: Float32Array,
): TileSheet {
  const pixels = shape.width * shape.height * shape.channels;
  const tiles = (values: Float32Array) =>
    Array.from({ length: values.length / pixels }, (_, i): Tile => {
      return { ...shape, values: values.subarray(i * pixels, (i + 1) * pixels), kind: 'image' };
    });
  return {
    title: name,
    rows: [
      { label: 'images', tiles: tiles(originals) },
      {
        label: 'as the decoder sees them through their latent bits',
        tiles: tiles(reconstructions),
      },
    ],
  };
}
