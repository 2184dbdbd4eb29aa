/** Defenses of a task against clients that are not honest; what is absent is off. */
import * as z from 'zod/mini';

/** β: of so large a share of a round's updates the worst is expected. */
const attackers = z.number().check(z.gt(0), z.lt(0.5));

const aggregatorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('median') }),
  /** `trim`: the share of the values that is left out at each end. */
  z.strictObject({ kind: z.literal('trimmed-mean'), trim: attackers }),
  /** One update counts. */
  z.strictObject({ kind: z.literal('krum'), attackers }),
  /** All but as many updates as there may be attackers count. */
  z.strictObject({ kind: z.literal('multi-krum'), attackers }),
]);

export const robustSchema = z.strictObject({
  /** Votes that are unlike the others' are left out of the tally; see `outliers.ts`. */
  outliers: z.optional(
    z.strictObject({
      /** At most this share of a round's updates. */
      share: z.number().check(z.gt(0), z.lt(0.5)),
    }),
  ),
  /** Clients that keep voting against the others do not count; see `reputation.ts`. */
  reputation: z.optional(
    z.strictObject({
      /** A client whose score is at or below this is left out. */
      lowest: z.int().check(z.minimum(-1000), z.maximum(-1)),
    }),
  ),
  /** Of averaged updates, drifts longer than others' are shortened; see `norm-cap.ts`. */
  normCap: z.optional(
    z.strictObject({
      /** The longest drift, in median lengths of the round. */
      factor: z.number().check(z.gt(0), z.lte(1000)),
    }),
  ),
  /** Of averaged updates, what takes the place of their mean; see `robust-mean.ts`. */
  aggregator: z.optional(aggregatorSchema),
  /** A round that harms the accuracy on the operator's labeled set changes nothing. */
  rootSet: z.optional(
    z.strictObject({
      /** More than this below the best of the last rounds is harm. */
      maxDrop: z.number().check(z.gt(0), z.lt(1)),
      /** How many rounds are looked back on. */
      window: z.int().check(z.minimum(1), z.maximum(1000)),
    }),
  ),
});

export type RobustSettings = z.infer<typeof robustSchema>;
export type AggregatorSettings = NonNullable<RobustSettings['aggregator']>;

export const ROBUST_DEFAULTS = {
  outliers: { share: 0.3 },
  reputation: { lowest: -6 },
  normCap: { factor: 1 },
  rootSet: { maxDrop: 0.05, window: 5 },
} as const satisfies RobustSettings;

export const AGGREGATOR_DEFAULTS: {
  readonly [Kind in AggregatorSettings['kind']]: Extract<AggregatorSettings, { kind: Kind }>;
} = {
  median: { kind: 'median' },
  'trimmed-mean': { kind: 'trimmed-mean', trim: 0.3 },
  krum: { kind: 'krum', attackers: 0.3 },
  'multi-krum': { kind: 'multi-krum', attackers: 0.3 },
};
