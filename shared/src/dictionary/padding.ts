/** How images are padded so that a pooling grid divides them. */
import { responseSide } from '../extractor/patch-features.js';
import { FederationError } from '../protocol/errors.js';

/**
 * The largest padding up to half a patch with which the grid's cells are whole.
 * @throws FederationError `bad-request` if there is none
 */
export function choosePadding(
  images: { readonly width: number; readonly height: number },
  size: number,
  grid: number,
): number {
  for (let padding = Math.floor(size / 2); padding >= 0; padding--) {
    const responses = (['width', 'height'] as const).map((axis) =>
      responseSide(images[axis], { size, padding }),
    );
    if (responses.every((side) => side >= grid && side % grid === 0)) return padding;
  }
  throw new FederationError(
    'bad-request',
    `a grid of ${grid}×${grid} does not divide the responses of ${size}×${size} patches on ${images.width}×${images.height} images; choose another grid`,
  );
}
