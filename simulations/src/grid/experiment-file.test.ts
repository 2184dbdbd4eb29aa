import { FederationError } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { parseExperimentFile } from './experiment-file.js';
import { gridCases } from './grid-cases.js';

const cases = (text: string, given = {}) => gridCases(parseExperimentFile(text, 'x.yaml'), given);

describe('an experiment file', () => {
  it('is the options of run in camelCase, read by the same parsers', () => {
    const [only, ...others] = cases(`
      learningRate: 0.01
      hidden: [64, 32]
      partition: dirichlet:0.3
      rule: sign-vote
      label: [a, b]
    `);
    expect(others).toEqual([]);
    expect(only.options).toMatchObject({
      ...{ learningRate: 0.01, hidden: [64, 32], rule: 'sign-vote', label: ['a', 'b'] },
      ...{ partition: { kind: 'dirichlet', alpha: 0.3 }, clients: 100, seed: 1 },
    });
  });

  it('may be JSON', () => {
    const [only] = cases('{"rounds": 3, "grid": {"rule": ["fedavg"]}}');
    expect(only.options).toMatchObject({ rounds: 3, rule: 'fedavg' });
  });

  it('asks for every combination of cases, grid and seeds, the seeds outermost', () => {
    const all = cases(`
      grid: { rule: [sign-vote, fedavg], hidden: [64, [64, 32]] }
      cases: [{ name: plain }, { epochs: 5 }]
      seeds: [1, 7]
    `);
    expect(all).toHaveLength(16);
    expect(new Set(all.map(({ folder }) => folder)).size).toBe(16);
    expect(all.slice(0, 8).every(({ seed }) => seed === 1)).toBe(true);
    expect(all[0].name).toBe('plain, sign-vote, hidden 64');
    expect(all[7].name).toBe('epochs 5, fedavg, hidden 64,32');
    expect(all[7].options).toMatchObject({ epochs: 5, rule: 'fedavg', hidden: [64, 32] });
  });

  it('gives way to the command line, whole axes and seeds included', () => {
    const text = 'rounds: 30\ngrid: { rule: [sign-vote, fedavg] }\nseeds: [1, 2]';
    const all = cases(text, { rule: 'fedpm', seed: '9', rounds: '2' });
    expect(all).toHaveLength(1);
    expect(all[0].options).toMatchObject({ rule: 'fedpm', seed: 9, rounds: 2 });
  });

  it('names the folder of a run by what its result depends on', () => {
    const folder = (text: string) => cases(text)[0].folder;
    expect(folder('rounds: 3')).toMatch(/^run-seed-1-[0-9a-f]{8}$/);
    expect(folder('rounds: 3\nworkers: 1')).toBe(folder('workers: 4\nrounds: 3'));
    expect(folder('rounds: 4')).not.toBe(folder('rounds: 3'));
    // A default that is said is no other setting.
    expect(folder('rounds: 30')).toBe(folder('{}'));
  });

  it.each([
    ['partishun: iid', /^x\.yaml:1: there is no setting "partishun"; did you mean "partition"\?$/],
    ['rounds: 3\nlearning-rate: 1', /^x\.yaml:2: .*did you mean "learningRate"\?$/],
    ['seed_s: [1]', /^x\.yaml:1: there is no setting "seed_s"; did you mean "seeds"\?$/],
    ['gird: {}', /^x\.yaml:1: there is no setting "gird"; did you mean "grid"\?$/],
    ['qwertyuiop: 1', /^x\.yaml:1: .*run --help lists the options/],
    ['out: runs', /"out" belongs on the command line, as --out/],
    ['rounds: 1.5', /^x\.yaml:1: "rounds: 1\.5": It must be a whole number/],
    ['rounds:', /^x\.yaml:1: "rounds" has no value; write it as after --option/],
    ['rule: sign-vot', /"rule: sign-vot": Allowed choices are sign-vote/],
    ['rule: true', /"rule" needs a value/],
    [
      'rounds: 2\ngrid: { rule: [fedavg], hidden: 64 }',
      /^x\.yaml:2: grid: "hidden" must be a list/,
    ],
    ['grid:\n  rule:\n    - fedavg\n    - fedvg', /^x\.yaml:4: "rule: fedvg": Allowed choices/],
    ['partition: dirichlet: 0.3', /^x\.yaml:1: .*without a space after its colon/],
    ['partition:\n  dirichlet: 0.3', /"partition" is a mapping.*such as 0\.1 or dirichlet:0\.3/],
    ['rule: fedavg\ngrid: { rule: [fedavg] }', /"rule" is given as a setting and in "grid"/],
    ['seed: 1\nseeds: [2]', /^x\.yaml:2: "seed" is given as a setting, beside "seeds"/],
    ['seeds: 3', /"seeds" must be a list of different whole numbers/],
    ['seeds: [1, 1]', /"seeds" must be a list of different whole numbers/],
    [
      'grid: { rule: [fedavg], share: [0.1] }',
      /^x\.yaml: case "fedavg, share 0\.1": --rule fedavg with share 0\.1/,
    ],
    ['cohort: 200', /^x\.yaml: --cohort 200: must be at most --clients \(100\)/],
    ['cases: 3', /"cases" must be a list/],
    ['- rounds: 3', /must be a mapping of settings/],
    ['rounds: 3\nrounds: 4', /^x\.yaml:2: Map keys must be unique/],
    ['rounds: [1', /^x\.yaml:1: /],
    ['cases: [{ name: a }, { name: b }]', /"a" and "b", seed 1, are the same run/],
    [
      'grid: { batch: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], rounds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], clients: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], cohort: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], epochs: [1, 2] }',
      /asks for 20000 runs/,
    ],
  ])('refuses %j with file, line, key and remedy', (text, message) => {
    expect(() => cases(text)).toThrow(FederationError);
    expect(() => cases(text)).toThrow(message);
  });
});
