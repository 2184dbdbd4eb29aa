/**
 * From strokes to a gray image, white on black, by the distance of each pixel to the lines. Done with
 * numbers and not on a canvas, whose pixels some browsers change against fingerprinting.
 */
import type { Stroke } from '../messages.js';

export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Half the width of a line, as a share of the image's width. */
const RADIUS = 0.045;

/** @param place from the pad's unit square to pixels */
export function rasterize(
  strokes: readonly Stroke[],
  width: number,
  height: number,
  place = (x: number, y: number): readonly [number, number] => [x * width, y * height],
): GrayImage {
  const pixels = new Uint8Array(width * height);
  const radius = RADIUS * width;
  for (const stroke of strokes) {
    let [ax, ay] = place(stroke[0], stroke[1]);
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      const [bx, by] = place(stroke[i], stroke[i + 1]);
      drawLine(pixels, width, height, [ax, ay, bx, by], radius);
      [ax, ay] = [bx, by];
    }
  }
  return { width, height, pixels };
}

function drawLine(
  pixels: Uint8Array,
  width: number,
  height: number,
  [ax, ay, bx, by]: readonly [number, number, number, number],
  radius: number,
): void {
  const reach = radius + 1;
  const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(ay, by) + reach));
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(ax, bx) + reach));
  const length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = length === 0 ? 0 : (px * (bx - ax) + py * (by - ay)) / length;
      const share = Math.min(1, Math.max(0, along));
      const [dx, dy] = [px - share * (bx - ax), py - share * (by - ay)];
      // One pixel of soft edge.
      const light = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(dx * dx + dy * dy)));
      const at = y * width + x;
      pixels[at] = Math.max(pixels[at], Math.round(255 * light));
    }
  }
}
