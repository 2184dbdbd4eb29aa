/**
 * The trigger of a backdoor (BadNets, Gu et al., arXiv 1708.06733): a square of full brightness near the
 * lower right corner, an eighth of the image wide.
 *
 * Not in the corner itself: the bits of a `patches` extractor see no 3×3 square there, since a
 * place where public images hardly differ gives no bits.
 */
import type { ImageBatch } from '@fedhybnn/shared';

/** Copies of the images with the trigger on them. */
export function withTrigger(images: ImageBatch): ImageBatch {
  const { count, width, height, channels } = images;
  const pixels = Uint8Array.from(images.pixels);
  const { side, margin } = square(Math.min(width, height));
  for (let i = 0; i < count; i++) {
    for (let y = height - margin - side; y < height - margin; y++) {
      const start = ((i * height + y) * width + width - margin - side) * channels;
      pixels.fill(255, start, start + side * channels);
    }
  }
  return { ...images, pixels };
}

/** Pixels: 4 and 3 of 28. */
function square(size: number): { readonly side: number; readonly margin: number } {
  return { side: Math.max(2, Math.ceil(size / 8)), margin: Math.floor(size / 9) };
}
