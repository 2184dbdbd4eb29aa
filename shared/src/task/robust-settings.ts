/** Defenses of a task against clients that do not vote honestly; what is absent is off. */
import * as z from 'zod/mini';

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

export const ROBUST_DEFAULTS = {
  outliers: { share: 0.3 },
  reputation: { lowest: -6 },
  rootSet: { maxDrop: 0.05, window: 5 },
} as const satisfies RobustSettings;
