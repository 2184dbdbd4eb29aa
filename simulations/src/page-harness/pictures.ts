/** Picture files as phones hold them. */
import { deriveSeed, Random } from '@fedhybnn/shared';
import { png } from '../run/testing/pictures.js';

/** Bytes of noise that are drawn; each line of a photograph shows a part of them. */
const NOISE = 65_536;
const INK = 20;

/** A photograph of a dark bar on noisy paper, as a PNG of about `megabytes` MB. */
export function photograph(megabytes: number): Uint8Array {
  const side = Math.ceil(Math.sqrt((1e6 * megabytes) / 3));
  const random = new Random(deriveSeed('photograph'));
  const noise = Uint8Array.from({ length: NOISE }, () => 190 + random.below(64));
  const rgb = new Uint8Array(3 * side * side);
  const at = (share: number) => Math.round(share * side);
  for (let y = 0; y < side; y++) {
    const line = rgb.subarray(3 * side * y, 3 * side * (y + 1));
    const from = random.below(NOISE - line.length);
    line.set(noise.subarray(from, from + line.length));
    if (y >= at(0.15) && y < at(0.85)) line.fill(INK, 3 * at(0.44), 3 * at(0.56));
  }
  return png(rgb, side, side, 0);
}
