import { describe, expect, it } from 'vitest';
import { baselineOptions, runOptions } from '../case-options.js';
import { quick } from '../quick.js';
import { commandLine } from '../section.js';
import { PAPER } from './index.js';

const cases = PAPER.flatMap((section) => section.cases);

describe('the experiment paper', () => {
  it('has sections and cases of different names', () => {
    expect(new Set(PAPER.map(({ name }) => name)).size).toBe(PAPER.length);
    for (const section of PAPER) {
      const places = section.cases.map(({ row, column }) => `${row}|${column}`);
      expect(new Set(places).size).toBe(places.length);
    }
  });

  it.each(
    cases
      .filter(({ command }) => command === 'run')
      .filter(({ args }) => args.every((arg) => !arg.startsWith('shared/')))
      .map((which) => [commandLine(which, 1), which] as const),
  )('%s: is a command that `run` takes', (_, which) => {
    expect(runOptions(which, 7, 1)).toMatchObject({ seed: 7, workers: 1, mode: 'in-process' });
  });

  it('has baselines that `baseline` takes', () => {
    for (const which of cases.filter(({ command }) => command === 'baseline')) {
      expect(baselineOptions(which, 7)).toMatchObject({ seed: 7, hidden: [256] });
    }
  });

  it('does not look at the environment', () => {
    process.env.FEDHYBNN_ROUNDS = '3';
    try {
      const [which] = cases;
      expect(runOptions({ ...which, args: [] }, 1, 1).rounds).toBe(30);
    } finally {
      delete process.env.FEDHYBNN_ROUNDS;
    }
  });

  it('is short with --quick, and says so', () => {
    for (const section of quick(PAPER)) {
      expect(section.about).toMatch(/^Smoke run/);
      for (const which of section.cases) {
        if (which.command === 'baseline' || which.args.some((arg) => arg.endsWith('.fhx')))
          continue;
        const options = runOptions(which, 1, 1);
        expect(options).toMatchObject({ rounds: 2, cohort: 2, hidden: [32] });
        expect(which.args.filter((arg) => arg === '--rounds')).toHaveLength(1);
      }
    }
  });
});
