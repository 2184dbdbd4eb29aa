/**
 * fedvote: FedVote (Yue et al., arXiv 2110.02770): clients vote with randomly rounded binary weights,
 * and the vote's mean becomes the next soft weight.
 *
 *   φ(h) = tanh(a · h);  P(vote_i = +1) = ½ (1 + φ(local_i));  p_i = ½ (1 + S_i / clients)
 *   h_i ← tanh⁻¹(2 p_i − 1) / a,  with p_i clipped to [p_min, 1 − p_min] as in the paper
 *
 * Not as in the paper: clients train binary weights by the straight-through estimator, as under every
 * other rule here, where the paper trains the soft weights φ(h) and rounds them at the end.
 */
import { exp, log } from '../kernels/math.js';
import type { SettingsOf } from '../task/rule-settings.js';
import type { Rule } from './rule.js';
import { softVote } from './soft-vote.js';

/** The smallest probability of a weight's other sign. */
const P_MIN = 0.001;

/** One random bit a parameter up, sums of votes down. */
export function fedvote({ slope }: SettingsOf<'fedvote'>): Rule {
  return softVote({
    kind: 'fedvote',
    id: 7,
    meanOf: (latent) => 1 - 2 / (exp(2 * slope * latent) + 1),
    latentOf(mean) {
      const most = 1 - 2 * P_MIN;
      const clipped = Math.max(-most, Math.min(most, mean));
      return Math.max(-1, Math.min(1, log((1 + clipped) / (1 - clipped)) / (2 * slope)));
    },
  });
}
