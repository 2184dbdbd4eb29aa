/**
 * sign-vote: signSGD with majority vote (Bernstein et al., arXiv 1810.05291), on latents.
 *
 *   vote_i = sign(local_i − global_i)      one bit a parameter up; ties by the client's coin
 *   S_i    = Σ votes
 *   step_i = sign(S_i)                     one bit a parameter down; ties by the round's coin
 *   h_i   ← clip(h_i + η_r · step_i),      η_r = max(1, round(η₀ · g_r · 2¹⁵)) fixed-point units
 *
 * With a quorum τ, step_i = 0 where |S_i| < τ · votes or S_i = 0: the step is ternary and entropy-coded.
 */
import type { SettingsOf } from '../task/rule-settings.js';
import type { Rule } from './rule.js';
import { voteRule } from './vote-rule.js';

/** Votes on every parameter in every round. */
export function signVote(settings: SettingsOf<'sign-vote'>): Rule {
  return voteRule({
    ...settings,
    id: 1,
    mostCoordinates: (parameters) => parameters,
    coordinates: () => undefined,
  });
}
