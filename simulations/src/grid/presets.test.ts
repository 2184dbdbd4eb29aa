import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runOptions } from '../experiment/case-options.js';
import { PAPER } from '../experiment/paper/index.js';
import type { RunOptions } from '../run/options.js';
import { parseExperimentFile } from './experiment-file.js';
import { gridCases } from './grid-cases.js';
import { presetNames, readExperiment } from './presets.js';

const identity = (options: RunOptions) =>
  JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('presets', () => {
  it.each(presetNames())('%s is an experiment whose options go together', async (name) => {
    const file = await readExperiment(name);
    expect(file.title).toMatch(/\S/);
    expect(file.about).toMatch(/\.$/);
    expect(gridCases(file, {}).length).toBeGreaterThan(0);
  });

  it('paper plays the federations that docs/results.md compares rules and partitions by', async () => {
    const own = new Set(
      gridCases(await readExperiment('paper'), { seed: '1' }).map(({ options }) =>
        identity(options),
      ),
    );
    const sections = PAPER.filter(({ name }) => name === 'rules' || name === 'partitions');
    const cases = sections.flatMap((section) => section.cases);
    expect(cases.length).toBeGreaterThan(20);
    for (const which of cases) expect(own).toContain(identity(runOptions(which, 1, 2)));
  });

  it('defenses tells what each defense costs where nobody attacks', async () => {
    const cases = gridCases(await readExperiment('defenses'), {});
    const under = (attacked: boolean) =>
      cases
        .filter(({ options }) => (options.attack !== undefined) === attacked)
        .map(({ options: { rule, robust, partition } }) =>
          JSON.stringify([rule, robust, partition]),
        );
    expect(under(false)).toHaveLength(14);
    expect(new Set(under(false))).toEqual(new Set(under(true)));
  });

  it('are offered where a name is misspelled', async () => {
    await expect(readExperiment('quikstart')).rejects.toThrow(
      /run quikstart: neither a readable file nor a preset \(quickstart, non-iid, attack.*did you mean "quickstart"\?/,
    );
  });
});

const documented = ['../../../docs/simulator.md', '../../../README.md'].flatMap((path) => {
  const text = readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block], i) => [
    `${path.split('/').at(-1)} ${i + 1}`,
    block,
  ]);
});

describe('experiments in the documentation', () => {
  it.each(documented)('%s is one that run takes', (name, block) => {
    expect(gridCases(parseExperimentFile(block, name), {}).length).toBeGreaterThan(0);
  });
});
