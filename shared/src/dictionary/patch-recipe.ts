/** A tenth of the range of a pixel. */
const TENTH = 25.5;

/** The fixed part of the recipe of a patch dictionary; pixels are 0…255. */
export const PATCH_RECIPE = {
  /** Standard deviation that a patch must exceed to be learned from, in pixels. */
  leastDeviation: TENTH,
  /** Added to a patch's norm before it is divided by it, in pixels. */
  contrastFloor: TENTH,
  /** ε of the ZCA whitening. */
  whiteningEpsilon: 0.01,
  /** Subtracted from responses; see `PatchDictionary`. */
  rectifier: 0.1,
} as const;
