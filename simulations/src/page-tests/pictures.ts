/** Picture files as phones hold them. */
import { deriveSeed, Random } from '@fedhybnn/shared';
import { png } from '../run/testing/pictures.js';

/** Noise is drawn once and repeated: a prime, so that no pattern is seen. */
const NOISE = 65_521;

/** A photograph of a dark bar on paper, as a PNG of about `megabytes` MB that nothing compresses. */
export function photograph(megabytes: number): Uint8Array {
  const side = Math.ceil(Math.sqrt((1e6 * megabytes) / 3 / 0.75));
  const random = new Random(deriveSeed('photograph'));
  const noise = Uint8Array.from({ length: NOISE }, () => random.below(64));
  const rgb = new Uint8Array(3 * side * side);
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    const [x, y] = [(pixel % side) / side, Math.floor(pixel / side) / side];
    const isInk = Math.abs(x - 0.5) < 0.06 && Math.abs(y - 0.5) < 0.35;
    rgb[at] = (isInk ? 10 : 190) + noise[(at + 7919 * Math.floor(at / NOISE)) % NOISE];
  }
  return png(rgb, side, side);
}
