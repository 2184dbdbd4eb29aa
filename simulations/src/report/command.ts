/** `fedhybnn-simulate report` and `compare`: pages from run folders. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { option } from '../run/option.js';
import { openOption, openPage } from './open-page.js';

/** Adds `report` and `compare` to a program. */
export function registerReportCommands(program: Command): void {
  program
    .command('report')
    .description('draws the report of a run again: report.html and plots, from its folder')
    .argument('<run>', 'folder that run --out wrote')
    .addOption(openOption())
    .action(async (folder: string, options: { readonly open: boolean }) => {
      const { writeRunReport } = await import('./write-run-report.js');
      const page = await writeRunReport(folder);
      process.stdout.write(`${page}\n`);
      if (options.open) await openPage(page);
    });
  program
    .command('compare')
    .description('overlays runs on one page, with statistics over seeds')
    .argument('<runs...>', 'folders of runs, or folders of such')
    .addOption(
      option('--out <folder>', 'where the page goes', 'COMPARE_OUT').default(
        join('runs', 'comparison'),
      ),
    )
    .addOption(option('--title <text>', 'of the page', 'TITLE').default('Runs beside each other'))
    .addOption(openOption())
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(compare);
}

interface CompareOptions {
  readonly out: string;
  readonly title: string;
  readonly open: boolean;
  readonly json: boolean;
}

async function compare(folders: readonly string[], options: CompareOptions): Promise<void> {
  const { compareFolders } = await import('./compare.js');
  const runs = (await Promise.all(folders.map(runsIn))).flat();
  const { page, groups, text } = await compareFolders(runs, options);
  process.stdout.write(`${options.json ? JSON.stringify({ page, groups }) : text}\n`);
  if (options.open) await openPage(page);
}

/** The folder itself if it is a run, else all runs below it. */
async function runsIn(folder: string): Promise<string[]> {
  if (existsSync(join(folder, 'run.json'))) return [folder];
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const runs = entries
    .filter((path) => /(^|[\\/])run\.json$/.test(path))
    .map((path) => join(folder, dirname(path)))
    .sort();
  return runs.length > 0 ? runs : [folder];
}
