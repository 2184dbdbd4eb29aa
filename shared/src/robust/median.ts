/**
 * The coordinate-wise median (Yin et al., arXiv 1803.01498): the trimmed mean that leaves one value, or
 * the two in the middle, whose mean it is. Of ±1 votes it is their majority: sign-vote has it already.
 */
import type { Tally } from '../rules/rule.js';
import type { Drift } from './drifts.js';
import { middle } from './trimmed-mean.js';

export function coordinateMedian(drifts: readonly Drift[], parameters: number): Tally {
  return middle(drifts, parameters, Math.floor(Math.max(0, drifts.length - 1) / 2));
}
