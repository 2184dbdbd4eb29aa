/** From an experiment file to the runs that it asks for. */
import { FederationError, sha256Hex } from '@fedhybnn/shared';
import { checkOptions } from '../run/check-options.js';
import type { RunOptions } from '../run/options.js';
import { optionsOf, type Settings, type SettingValue, withInfluence } from '../run/settings.js';
import type { ExperimentFile, NamedSettings } from './experiment-file.js';

/** Part of every key: results of another version are measured anew. */
const VERSION = '0.1.0';
/** Runs that one file may ask for. */
const MOST = 10_000;

export interface GridCase {
  /** What sets it apart from the other cases, its seed aside: `sign-vote, dirichlet:0.3`. */
  readonly name: string;
  readonly settings: Settings;
  readonly options: RunOptions;
  readonly seed: number;
  /** Name of its folder: readable, and another one for other settings. */
  readonly folder: string;
}

/**
 * All combinations of cases, grid and seeds; the seeds are outermost, so that a grid that was
 * interrupted has something of everything.
 * @param given settings of the command line: they replace those of the file, whole axes included
 * @throws FederationError naming the file, and what does not go together
 */
export function gridCases(file: ExperimentFile, given: Settings): GridCase[] {
  const axes = file.grid.filter(({ key }) => !(key in given));
  const seeds = 'seed' in given || file.seeds.length === 0 ? [undefined] : file.seeds;
  const named: readonly NamedSettings[] = file.cases.length > 0 ? file.cases : [{ settings: [] }];
  const count = seeds.length * named.length * axes.reduce((n, { values }) => n * values.length, 1);
  if (count > MOST) {
    throw new FederationError(
      'bad-request',
      `${file.source}: asks for ${count} runs; leave out values until there are at most ${MOST}`,
    );
  }
  const cases = seeds.flatMap((seed) =>
    named.flatMap((which) =>
      combinations(axes).map((point): GridCase => {
        const settings = {
          ...Object.fromEntries(file.fixed.map(({ key, value }) => [key, value])),
          ...Object.fromEntries(which.settings.map(({ key, value }) => [key, value])),
          ...point,
          ...(seed !== undefined && { seed: String(seed) }),
          ...given,
        };
        const name = nameOf(which, point);
        const options = checkedOptions(settings, name, file);
        const hash = sha256Hex(
          new TextEncoder().encode(JSON.stringify([VERSION, withInfluence(settings)])),
        );
        const folder = [
          slugOf(`${name === '' ? 'run' : name}, seed ${options.seed}`),
          hash.slice(0, 8),
        ];
        return { name, settings, options, seed: options.seed, folder: folder.join('-') };
      }),
    ),
  );
  refuseTwins(cases, file);
  return cases;
}

function checkedOptions(settings: Settings, name: string, file: ExperimentFile): RunOptions {
  try {
    const options = optionsOf(settings);
    checkOptions(options);
    return options;
  } catch (thrown) {
    const { code, message } = FederationError.from(thrown);
    const which = name === '' ? '' : `case "${name}": `;
    throw new FederationError(code, `${file.source}: ${which}${message}`, { cause: thrown });
  }
}

function combinations(axes: ExperimentFile['grid']): Record<string, SettingValue>[] {
  return axes.reduce<Record<string, SettingValue>[]>(
    (points, { key, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
    [{}],
  );
}

function nameOf({ name, settings }: NamedSettings, point: Settings): string {
  const text = (key: string, value: SettingValue) =>
    /^(\d|none$)/.test(String(value)) || typeof value === 'boolean' ? `${key} ${value}` : value;
  return [
    ...(name === undefined ? settings.map(({ key, value }) => text(key, value)) : [name]),
    ...Object.entries(point).map(([key, value]) => text(key, value)),
  ].join(', ');
}

function slugOf(name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
  return slug.replace(/^-|-$/g, '').slice(0, 80);
}

function refuseTwins(cases: readonly GridCase[], { source }: ExperimentFile): void {
  const names = new Map<string, string>();
  for (const { name, seed, settings } of cases) {
    const identity = JSON.stringify(withInfluence(settings));
    const twin = names.get(identity);
    if (twin !== undefined) {
      throw new FederationError(
        'bad-request',
        `${source}: "${twin}" and "${name}", seed ${seed}, are the same run; remove one of them`,
      );
    }
    names.set(identity, name);
  }
}
