/** The short form of an experiment: every case is played, none to any effect. */
import type { ExperimentCase, Section } from './section.js';

const SHORT: Readonly<Record<ExperimentCase['command'], Readonly<Record<string, string>>>> = {
  run: {
    ...{ '--clients': '200', '--cohort': '2', '--rounds': '2', '--epochs': '1' },
    '--hidden': '32',
  },
  baseline: { '--epochs': '1', '--hidden': '8', '--cohort': '2', '--rounds': '2' },
};

/** The same sections with two rounds of two clients and 32 neurons. */
export function quick(sections: readonly Section[]): Section[] {
  return sections.map((section) => ({
    ...section,
    about: `Smoke run, of figures without meaning. In full: ${section.about}`,
    cases: section.cases.map((which) => ({ ...which, args: shortened(which) })),
  }));
}

/** All options of a case take a value. */
function shortened({ command, args }: ExperimentCase): string[] {
  const short = SHORT[command];
  const kept = args.filter((_, i) => !((i % 2 === 0 ? args[i] : args[i - 1]) in short));
  return [...kept, ...Object.entries(short).flat()];
}
