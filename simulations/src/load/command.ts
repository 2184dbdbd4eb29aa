/** `npm run load`: how much one coordinator carries, from a process beside it. */
import { type Command, Option } from 'commander';
import { requireChromium } from '../browser/chromium.js';
import { wholeNumber } from '../run/numbers.js';
import { measureJoins } from './joins.js';
import { requireOpenFiles } from './open-files.js';
import { measurePages } from './pages.js';
import { median } from './percentile.js';
import { measureFlood, measureIdle, measureUpdates } from './scenarios.js';
import type { LoadOptions } from './with-coordinator.js';

interface CommandOptions {
  readonly only?: 'updates' | 'joins' | 'idle' | 'flood' | 'pages';
  readonly clients: number;
  readonly seconds: number;
  readonly runs: number;
  readonly joins: number;
  readonly idle: number;
  readonly flood: number;
  readonly pages: number;
  readonly headless: number;
  readonly pageRounds: number;
  readonly coordinator?: string;
  readonly folder?: string;
  readonly node: string;
  readonly json: boolean;
}

export function setUpLoadCommand(program: Command): void {
  const option = (flags: string, description: string, name: string) =>
    new Option(flags, description).env(`FEDHYBNN_${name}`);
  const number = (
    flags: string,
    text: string,
    name: string,
    value: number,
    range: [number, number],
  ) =>
    option(flags, text, name)
      .argParser(wholeNumber(...range))
      .default(value);
  program
    .description('Measures a coordinator: updates and joins a second, idle sockets, a flood')
    .addOption(
      option(
        '--only <scenario>',
        'one scenario (default: all but pages, which needs Chromium)',
        'ONLY',
      ).choices(['updates', 'joins', 'idle', 'flood', 'pages']),
    )
    .addOption(number('--clients <n>', 'clients who send updates', 'CLIENTS', 200, [2, 5000]))
    .addOption(number('--seconds <n>', 'how long they send', 'SECONDS', 15, [1, 3600]))
    .addOption(
      number('--runs <n>', 'runs of each, of which the median is told', 'RUNS', 3, [1, 99]),
    )
    .addOption(number('--joins <n>', 'clients who join', 'JOINS', 5000, [1, 1_000_000]))
    .addOption(number('--idle <n>', 'idle sockets', 'IDLE', 10_000, [1, 60_000]))
    .addOption(number('--flood <n>', 'sockets of the flood', 'FLOOD', 5000, [1, 28_000]))
    .addOption(number('--pages <n>', 'join pages in Chromium', 'PAGES', 10, [1, 100]))
    .addOption(
      number('--headless <n>', 'headless clients beside the pages', 'HEADLESS', 40, [1, 1000]),
    )
    .addOption(number('--page-rounds <n>', 'rounds that they play', 'PAGE_ROUNDS', 10, [2, 10_000]))
    .addOption(
      option('--coordinator <file>', 'another coordinator command to measure', 'COORDINATOR'),
    )
    .addOption(
      option('--folder <folder>', "where its state lies (default: the system's)", 'FOLDER'),
    )
    .addOption(option('--node <arguments>', 'for its Node, as --cpu-prof', 'NODE').default(''))
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action((options: CommandOptions) => load(options));
}

async function load(options: CommandOptions): Promise<void> {
  const { only, runs, json } = options;
  requireOpenFiles('--idle', only === undefined || only === 'idle' ? options.idle : 0);
  requireOpenFiles('--flood', only === undefined || only === 'flood' ? options.flood : 0);
  if (only === 'pages') requireChromium();
  // With --json all but the figures goes to stderr.
  const note = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const nodeArguments = options.node.split(' ').filter(Boolean);
  const settings: LoadOptions = { ...options, nodeArguments, note };
  const scenarios = {
    updates: () => measureUpdates(settings),
    joins: () => measureJoins(settings),
    idle: () => measureIdle(settings),
    flood: () => measureFlood(settings),
    pages: () => measurePages({ ...options, nodeArguments, note }),
  } as const;
  const figures: Record<string, number> = {};
  for (const [name, measure] of Object.entries(scenarios)) {
    if (only === undefined ? name === 'pages' : only !== name) continue;
    const results: Record<string, number>[] = [];
    for (let run = 1; run <= runs; run++) {
      note(`${name}, run ${run} of ${runs}`);
      const result: Record<string, number> = { ...(await measure()) };
      results.push(result);
      note(`  ${textOf(result)}`);
    }
    for (const key of Object.keys(results[0])) {
      figures[key] = rounded(median(results.map((result) => result[key])));
    }
  }
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else note(`Medians: ${textOf(figures)}`);
}

function textOf(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${rounded(value)}`)
    .join(', ');
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}
