import { FederationError, type ImageBatch, responseSide } from '@fedhybnn/shared';

type Sides = Pick<ImageBatch, 'width' | 'height'>;

/**
 * The largest padding up to half a patch with which the grid's cells are whole.
 * @throws FederationError `bad-request` naming the grid
 */
export function choosePadding(images: Sides, size: number, grid: number): number {
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
