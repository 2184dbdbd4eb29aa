/**
 * Brings a handwritten character into the form of the MNIST images (LeCun et al. 1998): white on
 * black, the longer side 20 of 28 pixels, its center of mass in the middle.
 */
import type { GrayImage } from './rasterize.js';

/** The character's longer side, as a share of the image. */
const FILLED = 20 / 28;
/** Light below this share of the brightest is background. */
const FLOOR = 0.15;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An empty image stays empty. */
export function centerGlyph(image: GrayImage, width: number, height: number): GrayImage {
  const box = boundingBox(image);
  const pixels = new Uint8Array(width * height);
  if (box === undefined) return { width, height, pixels };
  const scale = Math.min((FILLED * width) / box.width, (FILLED * height) / box.height);
  const [cx, cy] = centerOfMass(image, box);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const left = cx + (x - width / 2) / scale;
      const top = cy + (y - height / 2) / scale;
      pixels[y * width + x] = Math.round(areaMean(image, left, top, 1 / scale));
    }
  }
  return stretched({ width, height, pixels });
}

function boundingBox({ width, height, pixels }: GrayImage): Box | undefined {
  const floor = FLOOR * pixels.reduce((most, pixel) => Math.max(most, pixel), 0);
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] <= floor) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function centerOfMass({ width, pixels }: GrayImage, box: Box): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) {
      const light = pixels[y * width + x];
      sum += light;
      sumX += light * (x + 0.5);
      sumY += light * (y + 0.5);
    }
  }
  return [sumX / sum, sumY / sum];
}

/** Mean light of a square; black outside of the image. */
function areaMean(image: GrayImage, left: number, top: number, side: number): number {
  const { width, height, pixels } = image;
  let sum = 0;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, top + side); y++) {
    const rows = Math.min(y + 1, top + side) - Math.max(y, top);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, left + side); x++) {
      const columns = Math.min(x + 1, left + side) - Math.max(x, left);
      sum += rows * columns * pixels[y * width + x];
    }
  }
  return sum / (side * side);
}

/** The brightest pixel becomes white: scaling dims thin lines. */
function stretched(image: GrayImage): GrayImage {
  const most = image.pixels.reduce((brightest, pixel) => Math.max(brightest, pixel), 1);
  return { ...image, pixels: image.pixels.map((pixel) => Math.round((255 * pixel) / most)) };
}
