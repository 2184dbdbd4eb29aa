/** `npm run page-report`: how fast the join page is on a slow phone, and what no clock decides. */
import { cpus } from 'node:os';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { median } from '../load/percentile.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { Phones } from '../page-harness/phones.js';
import { FAST_3G } from '../page-harness/slow-line.js';
import { wholeNumber } from '../run/numbers.js';
import { type Check, checkPage } from './checks.js';
import { type PhoneSpeed, type VisitFigures, visit } from './visit.js';

interface CommandOptions {
  readonly runs: number;
  readonly json: boolean;
}

/** As the demo's federations. */
const EXTRACTOR = 'patches-512';

/** While which the main thread is watched. */
const ROUNDS = 20;

const SPEEDS: readonly PhoneSpeed[] = [
  { name: 'this machine', cpu: 1 },
  { name: 'CPU ÷ 4, Fast 3G', cpu: 4, line: FAST_3G },
  { name: 'CPU ÷ 6, Fast 3G', cpu: 6, line: FAST_3G },
];

export function setUpPageReportCommand(program: Command): void {
  program
    .description('Measures the join page in Chromium, as fast as this machine and as a slow phone')
    .addOption(
      new Option('--runs <n>', 'visits at each speed, of which the median is told')
        .env('FEDHYBNN_RUNS')
        .argParser(wholeNumber(1, 99))
        .default(3),
    )
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action((options: CommandOptions) => report(options));
}

async function report({ runs, json }: CommandOptions): Promise<void> {
  const note = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const phones = await Phones.start();
  const coordinator = await DigitsCoordinator.start(EXTRACTOR);
  try {
    const checks = await checkPage(coordinator, phones);
    const visits: { speed: string; figures: VisitFigures }[] = [];
    for (const speed of SPEEDS) {
      const all: VisitFigures[] = [];
      for (let run = 1; run <= runs; run++) {
        note(`${speed.name}, visit ${run} of ${runs}`);
        all.push(await visit(coordinator, phones, speed, ROUNDS));
      }
      visits.push({ speed: speed.name, figures: medians(all) });
    }
    note(checksTable(checks));
    note(visitsTable(visits));
    note(
      `Medians of ${runs}; ${cpus().length} × ${cpus()[0].model}. Chromium slows the main thread, not workers.`,
    );
    if (json) process.stdout.write(`${JSON.stringify({ checks, visits })}\n`);
  } finally {
    await phones.close();
    await coordinator.remove();
  }
}

function medians(all: readonly VisitFigures[]): VisitFigures {
  const names = Object.keys(all[0]) as (keyof VisitFigures)[];
  const entries = names.map((name) => [name, median(all.map((figures) => figures[name]))]);
  return Object.fromEntries(entries) as VisitFigures;
}

function checksTable(checks: readonly Check[]): string {
  const table = new Table({ head: ['', 'check', 'found'], style: { head: [], border: [] } });
  for (const { name, passes, detail } of checks) table.push([passes ? '✓' : '✗', name, detail]);
  return table.toString();
}

const ROWS: readonly [name: string, text: (figures: VisitFigures) => string][] = [
  ['first paint', ({ firstPaintMs }) => ms(firstPaintMs)],
  ['largest paint', ({ largestPaintMs }) => ms(largestPaintMs)],
  ['first view interactive', ({ interactiveMs }) => ms(interactiveMs)],
  ['blocked until then', ({ blockingMs }) => ms(blockingMs)],
  ['first tap answered in', ({ tapMs }) => ms(tapMs)],
  ['received until then', ({ firstViewBytes }) => kilobytes(firstViewBytes)],
  ['received until training', ({ trainingBytes }) => kilobytes(trainingBytes)],
  ['tasks > 50 ms in training', ({ longTasks, rounds }) => `${longTasks} in ${rounds} rounds`],
  ['longest of them', ({ longestTaskMs }) => (longestTaskMs === 0 ? '–' : ms(longestTaskMs))],
  ['main thread at work, a round', ({ workMs }) => ms(workMs)],
  ['errors on the console', ({ consoleErrors }) => String(consoleErrors)],
];

function visitsTable(visits: readonly { speed: string; figures: VisitFigures }[]): string {
  const head = ['', ...visits.map(({ speed }) => speed)];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [name, text] of ROWS)
    table.push([name, ...visits.map(({ figures }) => text(figures))]);
  return table.toString();
}

const ms = (value: number) => `${Math.round(value)} ms`;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
