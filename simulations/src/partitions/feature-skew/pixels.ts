/**
 * What makes the pictures of one client look unlike those of another: how the camera is held, its
 * contrast and its noise. By + − × ÷ and √ alone, so that every machine makes the same pixels.
 */
import { cosPi, type ImageBatch, type Random } from '@fedhybnn/shared';
import { normal } from '../draws.js';

/** What one client does to all its pictures. */
export interface PixelSkew {
  /** Degrees, counterclockwise. */
  readonly angle: number;
  /** Factor of the distance of each pixel from the picture's mean. */
  readonly contrast: number;
  /** Standard deviation of what is added to a pixel, of its range. */
  readonly noise: number;
}

type Shape = Pick<ImageBatch, 'width' | 'height' | 'channels'>;

/** One picture, skewed. @param pixels [height][width][channels] @param random of the noise */
export function skewPixels(
  pixels: Uint8Array,
  shape: Shape,
  { angle, contrast, noise }: PixelSkew,
  random: Random,
): Uint8Array {
  const values = angle === 0 ? Float64Array.from(pixels) : rotate(pixels, shape, angle);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  const skewed = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const stretched = mean + contrast * (values[i] - mean);
    const noisy = noise === 0 ? stretched : stretched + 255 * noise * normal(random);
    skewed[i] = Math.max(0, Math.min(255, Math.round(noisy)));
  }
  return skewed;
}

/** About the middle, bilinear; beyond the border lies the border. */
function rotate(pixels: Uint8Array, { width, height, channels }: Shape, angle: number) {
  const cosine = cosPi(angle / 180);
  const sine = cosPi(angle / 180 - 0.5);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const turned = new Float64Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - middleX;
      const dy = y - middleY;
      // y grows downward, so this is where a counterclockwise turn brings the pixel from.
      const fromX = within(middleX + cosine * dx - sine * dy, width - 1);
      const fromY = within(middleY + sine * dx + cosine * dy, height - 1);
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const across = left < width - 1 ? channels : 0;
      const down = top < height - 1 ? width * channels : 0;
      const shareX = fromX - left;
      const shareY = fromY - top;
      for (let c = 0; c < channels; c++) {
        const at = (top * width + left) * channels + c;
        const above = pixels[at] * (1 - shareX) + pixels[at + across] * shareX;
        const below = pixels[at + down] * (1 - shareX) + pixels[at + down + across] * shareX;
        turned[(y * width + x) * channels + c] = above * (1 - shareY) + below * shareY;
      }
    }
  }
  return turned;
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
