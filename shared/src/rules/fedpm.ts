/**
 * fedpm: federated probabilistic masks, FedPM (Isik et al., arXiv 2209.15328). Weights are random and
 * frozen; what is learned is with which probability θ_i each takes part.
 *
 *   h_i = 2 θ_i − 1;  a client sends a mask m_i ~ Bernoulli(θ_i);  θ_i ← mean of the masks
 *
 * The masks are trained by `network/mask-trainer.ts`. Plain averaging: the paper's Bayesian
 * aggregation, which matters where few clients of many take part, is left out.
 */
import type { Rule } from './rule.js';
import { softVote } from './soft-vote.js';

/** One mask bit a parameter up, counts of masks down. */
export const fedpm: Rule = softVote({
  kind: 'fedpm',
  id: 8,
  meanOf: (latent) => latent,
  latentOf: (mean) => mean,
});
