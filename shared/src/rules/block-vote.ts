/**
 * block-vote: sign-vote (arXiv 1810.05291) on a random block of coordinates a round, the same for all
 * clients: random sparsification (Konečný et al., arXiv 1610.05492) by a seed that both ends know,
 * so that neither direction sends positions.
 *
 * A cycle has B = ⌈1/q⌉ rounds. Its seeded permutation of the n parameters is cut in blocks of
 * k = ⌈n/B⌉ (the last may be shorter); round r of the cycle votes on block r, so a cycle covers
 * every parameter once. q bits a parameter in both directions; votes are dense over the block.
 */
import { Permutation } from '../random/permutation.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import type { SettingsOf } from '../task/rule-settings.js';
import type { Rule } from './rule.js';
import { voteRule } from './vote-rule.js';

/** The block that was asked for last: all clients of a round vote on the same. */
let last: { readonly of: string; readonly block: Uint32Array } | undefined;

function blockOf(parameters: number, seed: Seed, start: number, end: number): Uint32Array {
  const of = `${parameters} ${seed} ${start} ${end}`;
  if (last?.of !== of) last = { of, block: new Permutation(parameters, seed).slice(start, end) };
  return last.block;
}

/** Votes on a share of the parameters in every round. */
export function blockVote(settings: SettingsOf<'block-vote'>): Rule {
  const blocks = Math.ceil(1 / settings.share);
  const blockLength = (parameters: number) => Math.ceil(parameters / blocks);
  return voteRule({
    ...settings,
    id: 3,
    mostCoordinates: blockLength,
    coordinates({ parameters, round, federationSeed }) {
      const cycle = Math.floor((round - 1) / blocks);
      const start = Math.min(parameters, ((round - 1) % blocks) * blockLength(parameters));
      const end = Math.min(parameters, start + blockLength(parameters));
      return blockOf(parameters, deriveSeed(federationSeed, 'block-order', cycle), start, end);
    },
  });
}
