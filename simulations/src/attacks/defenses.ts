/** `--robust outliers,reputation` or `--robust norm-cap,krum`: the defenses of the aggregation. */
import {
  AGGREGATOR_DEFAULTS,
  FederationError,
  ROBUST_DEFAULTS,
  type RobustSettings,
} from '@fedhybnn/shared';

const { outliers, reputation, normCap, rootSet } = ROBUST_DEFAULTS;

const PARTS: Record<string, RobustSettings> = {
  outliers: { outliers },
  reputation: { reputation },
  'norm-cap': { normCap },
  ...Object.fromEntries(
    Object.values(AGGREGATOR_DEFAULTS).map((aggregator) => [aggregator.kind, { aggregator }]),
  ),
  'root-set': { rootSet },
};

export const DEFENSES: readonly string[] = Object.keys(PARTS);

/** @throws FederationError `bad-request` naming what there is, or what excludes each other */
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
    const other = part.aggregator && settings.aggregator;
    if (other !== undefined && other.kind !== name) {
      throw new FederationError(
        'bad-request',
        `--robust ${text}: ${other.kind} and ${name} both replace the mean; choose one`,
      );
    }
    settings = { ...settings, ...part };
  }
  return settings;
}
