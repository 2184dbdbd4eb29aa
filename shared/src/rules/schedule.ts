/** How fast local training and global steps slow down over the rounds. */
import { cosPi } from '../kernels/math.js';

/**
 * g_r = 0.1 + 0.9 · ½(1 + cos(π(r − 1)/R)): a cosine from 1 to about 0.1 (Loshchilov & Hutter,
 * arXiv 1608.03983, with a floor). The local learning rate and the server's step follow it together:
 * measured, a step that does not decay with the rate costs two points.
 * @param round r, from 1 to R
 * @param rounds R
 */
export function scheduleFactor(round: number, rounds: number): number {
  return 0.1 + 0.45 * (1 + cosPi((round - 1) / rounds));
}
