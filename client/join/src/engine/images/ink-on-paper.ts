/** Makes any gray picture of a character light on black, whatever it was written on. */
import type { GrayImage } from './rasterize.js';

/** Share of the picture's range that counts as noise of the paper. */
const NOISE = 0.35;

/**
 * The background is what the border shows most (its median); the character is what differs from it.
 * @param photograph removes faint shades: paper is not evenly lit
 */
export function inkOnPaper(image: GrayImage, photograph: boolean): GrayImage {
  const background = borderMedian(image);
  const dark = background < 128;
  const distance = image.pixels.map((pixel) =>
    Math.max(0, dark ? pixel - background : background - pixel),
  );
  const most = distance.reduce((largest, value) => Math.max(largest, value), 1);
  const floor = photograph ? NOISE * most : 0;
  const pixels = distance.map((value) =>
    value <= floor ? 0 : Math.round((255 * (value - floor)) / (most - floor)),
  );
  return { ...image, pixels: photograph || !dark ? pixels : image.pixels };
}

function borderMedian({ width, height, pixels }: GrayImage): number {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(pixels[x], pixels[(height - 1) * width + x]);
  for (let y = 1; y < height - 1; y++)
    border.push(pixels[y * width], pixels[y * width + width - 1]);
  border.sort((a, b) => a - b);
  return border[border.length >> 1];
}
