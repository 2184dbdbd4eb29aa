/**
 * Contrast of every patch of an image, c(p) = √(Σ(pᵢ − p̄)²) = √(Σp² − (Σp)²/n), from running sums
 * of integers: exact before the root, and the same on every machine.
 */

/** Images padded with black, as bytes. */
export interface PaddedImages {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/**
 * 1 / (contrast + floor) of every patch.
 * @param size side of the patches
 * @returns f32 [count][height − size + 1][width − size + 1]
 */
export function inverseContrast(images: PaddedImages, size: number, floor: number): Float32Array {
  const { count, width, height, channels, pixels } = images;
  const rows = height - size + 1;
  const columns = width - size + 1;
  const values = size * size * channels;
  const rowValues = width * channels;
  const inverse = new Float32Array(count * rows * columns);
  // Sums over the window's rows, one for each column of the image.
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let image = 0; image < count; image++) {
    const base = image * height * rowValues;
    sums.fill(0);
    squares.fill(0);
    for (let y = 0; y < height; y++) {
      for (let i = 0; i < rowValues; i++) {
        const x = channels === 1 ? i : Math.floor(i / channels);
        const added = pixels[base + y * rowValues + i];
        const removed = y < size ? 0 : pixels[base + (y - size) * rowValues + i];
        sums[x] += added - removed;
        squares[x] += added * added - removed * removed;
      }
      if (y < size - 1) continue;
      let sum = 0;
      let square = 0;
      let at = (image * rows + y - size + 1) * columns;
      for (let x = 0; x < width; x++) {
        sum += sums[x] - (x < size ? 0 : sums[x - size]);
        square += squares[x] - (x < size ? 0 : squares[x - size]);
        if (x < size - 1) continue;
        // (n·Σp² − (Σp)²) / n: one division, of integers.
        const contrast = Math.sqrt((values * square - sum * sum) / values);
        inverse[at++] = 1 / (contrast + floor);
      }
    }
  }
  return inverse;
}
