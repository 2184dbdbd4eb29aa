/** `--robust outliers,reputation,root-set`: the defenses of the aggregation. */
import { FederationError, ROBUST_DEFAULTS, type RobustSettings } from '@fedhybnn/shared';

const PARTS: Record<string, RobustSettings> = {
  outliers: { outliers: ROBUST_DEFAULTS.outliers },
  reputation: { reputation: ROBUST_DEFAULTS.reputation },
  'root-set': { rootSet: ROBUST_DEFAULTS.rootSet },
};

export const DEFENSES: readonly string[] = Object.keys(PARTS);

/** @throws FederationError `bad-request` naming what there is */
export function parseDefenses(text: string): RobustSettings {
  let settings: RobustSettings = {};
  for (const name of text.split(',').map((part) => part.trim())) {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (part === undefined) {
      throw new FederationError(
        'bad-request',
        `--robust ${name.slice(0, 100)}: there are ${DEFENSES.join(', ')}`,
      );
    }
    settings = { ...settings, ...part };
  }
  return settings;
}
