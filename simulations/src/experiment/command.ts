/** `fedhybnn-simulate experiment paper`: the tables and plots of docs/results.md, by one command. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { statisticsOf } from '../report/statistics.js';
import { wholeNumber } from '../run/numbers.js';
import { CaseCache } from './case-result.js';
import { PAPER } from './paper/index.js';
import { type PlayedSection, playExperiment } from './play-experiment.js';
import { quick } from './quick.js';
import type { Section } from './section.js';

interface ExperimentOptions {
  readonly only?: readonly Section[];
  readonly seeds: readonly number[];
  readonly out: string;
  readonly into?: string;
  readonly workers: number;
  readonly quick: boolean;
  readonly json: boolean;
}

/** Adds `experiment` to a program. */
export function registerExperimentCommand(program: Command): void {
  program
    .command('experiment')
    .description('plays a whole experiment, resumable, and writes its tables and plots')
    .command('paper')
    .description('the measurements of docs/results.md')
    .addOption(
      new Option('--only <sections>', `of ${PAPER.map(({ name }) => name).join(', ')}`)
        .env('FEDHYBNN_ONLY')
        .argParser(sectionsOption),
    )
    .addOption(
      new Option('--seeds <list>', 'seeds, with commas between')
        .env('FEDHYBNN_SEEDS')
        .argParser(seedsOption)
        .default([1, 2, 3], '1,2,3'),
    )
    .addOption(
      new Option('--out <folder>', 'tables, plots, and the finished cases to resume from')
        .env('FEDHYBNN_OUT')
        .default(join('runs', 'paper')),
    )
    .addOption(
      new Option(
        '--into <file>',
        'also put the sections into this Markdown file, between the marks <!-- experiment:NAME --> and <!-- /experiment:NAME -->',
      ).env('FEDHYBNN_INTO'),
    )
    .addOption(
      new Option('--workers <n>', 'training threads; the results do not depend on them')
        .env('FEDHYBNN_WORKERS')
        .argParser(wholeNumber(1, 256))
        .default(2),
    )
    .addOption(
      new Option('--quick', 'two rounds of two clients, to see that everything runs')
        .env('FEDHYBNN_QUICK')
        .default(false),
    )
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action(play);
}

async function play(options: ExperimentOptions): Promise<void> {
  const { seeds, out, workers } = options;
  const chosen = options.only ?? PAPER;
  const sections = options.quick ? quick(chosen) : chosen;
  const cache = await CaseCache.create(join(out, 'cases'));
  const stop = new AbortController();
  process.once('SIGINT', () => {
    note('Interrupted: the case in progress is lost; the same command goes on from here.');
    stop.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  const played = await playExperiment(sections, {
    ...{ seeds, workers, cache, signal: stop.signal, note },
    ...(process.stderr.isTTY && { onRound: rewriteLine }),
  });
  const command = ['npx fedhybnn-simulate experiment paper', ...process.argv.slice(4)].join(' ');
  const title = `Measurements of FedHyBNN${options.quick ? ' (smoke run)' : ''}`;
  // Loads the plotting libraries: only now.
  const { writeReport } = await import('./report/write-report.js');
  const report = { title, command, seeds, quick: options.quick, sections: played };
  const files = await writeReport(out, report);
  if (options.into !== undefined) {
    const { insertReport } = await import('./report/insert.js');
    await insertReport(options.into, report);
  }
  process.stdout.write(`${options.json ? JSON.stringify(summaryOf(played)) : files.join('\n')}\n`);
  if (stop.signal.aborted) process.exitCode = 130;
}

/** The contract of `experiment --json`: accuracies in [0, 1], by section, row and column. */
function summaryOf(sections: readonly PlayedSection[]) {
  return {
    sections: sections.map(({ name, cases }) => ({
      name,
      cases: cases.map(({ row, column, results }) => ({
        ...{ row, column },
        accuracy: statisticsOf(results.map(({ result }) => result.accuracy)) ?? null,
      })),
    })),
  };
}

/** Clears the line of the round that is written over and over. */
function note(line: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${line}\n`);
}

function rewriteLine(text: string): void {
  process.stderr.write(`\r\u001b[K${text}`);
}

function sectionsOption(text: string): Section[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => PAPER.every((section) => section.name !== name));
  if (unknown !== undefined) {
    const known = PAPER.map(({ name }) => name).join(', ');
    throw new InvalidArgumentError(`There is no section "${unknown}"; there are ${known}.`);
  }
  return PAPER.filter(({ name }) => names.includes(name));
}

function seedsOption(text: string): number[] {
  return [...new Set(text.split(',').map(wholeNumber(0)))];
}
