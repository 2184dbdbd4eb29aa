/** Which runs belong together, and what tells the groups apart: found in their settings. */
import type { SettingValue } from '../run/settings.js';
import type { RunData } from './run-data.js';

export interface RunGroup {
  /** The values of what differs, such as `sign-vote, dirichlet:0.3`. */
  readonly name: string;
  /** What differs between groups, by setting. */
  readonly varied: Readonly<Record<string, SettingValue>>;
  /** Ascending by seed. */
  readonly runs: readonly RunData[];
}

/** Runs that differ in nothing but their seed are one group; groups are in the order of the runs. */
export function groupRuns(runs: readonly RunData[]): RunGroup[] {
  const keys = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))].filter(
    (key) => key !== 'seed',
  );
  const varied = keys.filter((key) => new Set(runs.map((run) => settingOf(run, key))).size > 1);
  const groups = new Map<string, RunData[]>();
  for (const run of runs) {
    const key = JSON.stringify(varied.map((name) => settingOf(run, name)));
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((own) => ({
    name: nameOf(own[0], varied),
    varied: Object.fromEntries(varied.map((key) => [key, settingOf(own[0], key)])),
    runs: [...own].sort((a, b) => a.summary.seed - b.summary.seed),
  }));
}

/** `–` where a run does not have the setting. */
function settingOf({ settings }: RunData, key: string): SettingValue {
  return settings[key] ?? '–';
}

/** A name says for itself what it is; a number, true, and none do not. */
export function settingText(key: string, value: SettingValue): string {
  const alone = typeof value === 'string' && !/^([\d.,]+|none)$/.test(value);
  return alone ? value : `${key} ${value}`;
}

function nameOf(run: RunData, varied: readonly string[]): string {
  if (varied.length === 0) return `${run.summary.rule} on ${run.summary.dataset}`;
  const parts = varied.flatMap((key) => {
    const value = settingOf(run, key);
    if (value === '–') return [];
    return [settingText(key, value)];
  });
  return parts.length === 0 ? `without ${varied.join(', ')}` : parts.join(', ');
}
