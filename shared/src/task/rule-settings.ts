/** The settings of every rule, as a task holds them; `rules/` holds what they mean. */
import * as z from 'zod/mini';
import { exp, log } from '../kernels/math.js';

const share = z.number().check(z.gt(0), z.lte(1));
/** τ: a latent stays where it is if the votes' sum is below this share of the voters. */
const quorum = z.optional(z.number().check(z.gt(0), z.lt(1)));

const signVoteSchema = z.strictObject({
  kind: z.literal('sign-vote'),
  /** η₀: how far every latent moves in the first round; then η₀·g_r. In units of a latent (1 = full range). */
  serverStep: share,
  quorum,
});

const blockVoteSchema = z.strictObject({
  kind: z.literal('block-vote'),
  /** q: the share of the parameters that a round votes on. */
  share: z.number().check(z.gte(0.001), z.lte(1)),
  /** η₀, as for sign-vote. */
  serverStep: share,
  quorum,
});

const flipVoteSchema = z.strictObject({
  kind: z.literal('flip-vote'),
  /** Δ₀: the drift that is a flip for certain. In units of a latent. */
  threshold: share,
  /** η₀: how far a latent moves that all clients flip. */
  serverStep: share,
  /** ρ: the largest share of the parameters that a client may flip. */
  density: z.number().check(z.gte(0.001), z.lte(0.5)),
});

const fedvoteSchema = z.strictObject({
  kind: z.literal('fedvote'),
  /** a of tanh(a·h): how sure of its sign a latent is. */
  slope: z.number().check(z.gt(0), z.lte(100)),
});

const fedpmSchema = z.strictObject({ kind: z.literal('fedpm') });

const edenSchema = z.strictObject({
  kind: z.literal('eden'),
  /** η₀: the factor of the mean drift; 1 is federated averaging. */
  serverStep: share,
});

const fedavgSchema = z.strictObject({ kind: z.literal('fedavg') });
const fedavgFp32Schema = z.strictObject({ kind: z.literal('fedavg-fp32') });

/** One member a rule. */
export const ruleSchema = z.discriminatedUnion('kind', [
  signVoteSchema,
  blockVoteSchema,
  flipVoteSchema,
  fedvoteSchema,
  fedpmSchema,
  edenSchema,
  fedavgSchema,
  fedavgFp32Schema,
]);

export type RuleSettings = z.infer<typeof ruleSchema>;
/** The settings of one rule. */
export type SettingsOf<Kind extends RuleSettings['kind']> = Extract<RuleSettings, { kind: Kind }>;

/** Whether the rule trains the binary head; the others train a real-valued one of its shape. */
export function isBinary({ kind }: RuleSettings): boolean {
  return kind !== 'fedavg-fp32' && kind !== 'fedpm';
}

/** Measured server steps η₀ by share q; between them, a power law. */
const MEASURED_STEPS = [
  [0.05, 0.1],
  [0.1, 0.06],
  [0.25, 0.03],
  [1, 0.015],
] as const;

/** The server step η₀ that suits a share q of the parameters: a latent that moves rarely moves far. */
export function serverStepFor(q: number): number {
  const at = Math.max(
    1,
    MEASURED_STEPS.findIndex(([share]) => q <= share),
  );
  const [[q0, step0], [q1, step1]] = [MEASURED_STEPS[at - 1], MEASURED_STEPS[at]];
  const power = log(step1 / step0) / log(q1 / q0);
  return Math.min(1, Number((step0 * exp(power * log(q / q0))).toFixed(4)));
}

/** A rule with the settings of docs/rules.md. */
export const RULE_DEFAULTS: { readonly [Kind in RuleSettings['kind']]: SettingsOf<Kind> } = {
  'sign-vote': { kind: 'sign-vote', serverStep: 0.015 },
  'block-vote': { kind: 'block-vote', share: 0.1, serverStep: 0.06 },
  'flip-vote': { kind: 'flip-vote', threshold: 0.5, serverStep: 0.5, density: 0.06 },
  fedvote: { kind: 'fedvote', slope: 50 },
  fedpm: { kind: 'fedpm' },
  eden: { kind: 'eden', serverStep: 1 },
  fedavg: { kind: 'fedavg' },
  'fedavg-fp32': { kind: 'fedavg-fp32' },
};
