/** `fedhybnn-simulate run [experiment]`: one federation, or a grid of them from a file. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type GridCase, gridCases } from '../grid/grid-cases.js';
import { createGridView } from '../grid/grid-view.js';
import { playGrid } from '../grid/play-grid.js';
import { experimentName, presetNames, readExperiment } from '../grid/presets.js';
import { openPage } from '../report/open-page.js';
import { addRunOptions, type RunOptions } from './options.js';
import { createProgress } from './progress.js';
import { run } from './run.js';
import { recordGiven, type Settings, settingsOnly } from './settings.js';
import { summaryTable } from './summary-table.js';

/** Adds `run` to a program. */
export function registerRunCommand(program: Command): void {
  const command = addRunOptions(
    program
      .command('run')
      .description(
        'plays a federation of virtual clients, or an experiment of many from a file, and tells how it went',
      )
      .argument(
        '[experiment]',
        `a YAML or JSON file of these options in camelCase, with grid, cases and seeds (docs/simulator.md), or a preset: ${presetNames().join(', ')}; options given here replace its own`,
      ),
  );
  const given = recordGiven(command);
  command.action(async (experiment: string | undefined, options: RunOptions) => {
    const settings = settingsOnly(given);
    const { out, tensorboard, json, open, resume } = options;
    if (experiment === undefined) return playSingle(options, settings);
    const folders = {
      ...(out !== undefined && { out }),
      ...(tensorboard !== undefined && { tensorboard }),
    };
    const file = await readExperiment(experiment);
    const cases = gridCases(file, settings);
    const [only] = cases;
    if (cases.length === 1) {
      return playSingle({ ...only.options, ...folders, json, open, resume }, only.settings);
    }
    await playMany(cases, {
      ...{ tensorboard, json, open },
      out: out ?? join('runs', experimentName(file.source)),
      title: file.title ?? experimentName(file.source),
      about: file.about,
    });
  });
}

async function playSingle(options: RunOptions, settings: Settings): Promise<void> {
  const signal = untilInterrupted(
    'keeping what was published; press Ctrl-C again to stop at once.',
  );
  const summary = await run(options, createProgress(), signal, { settings });
  if (options.out !== undefined) {
    // Loads the plotting libraries: only now.
    const { writeRunReport } = await import('../report/write-run-report.js');
    const page = await writeRunReport(options.out);
    process.stderr.write(`report: ${page}\n`);
    if (options.open) await openPage(page);
  }
  process.stdout.write(`${options.json ? JSON.stringify(summary) : summaryTable(summary)}\n`);
  if (signal.aborted) process.exitCode = 130;
}

interface GridOptions extends Pick<RunOptions, 'json' | 'open'> {
  readonly tensorboard?: string | undefined;
  readonly out: string;
  readonly title: string;
  readonly about?: string | undefined;
}

async function playMany(cases: readonly GridCase[], options: GridOptions): Promise<void> {
  const { out, tensorboard, title, about, json, open } = options;
  const signal = untilInterrupted('finishing the round; the same command goes on from here.');
  const view = createGridView(cases, process.stderr);
  const { folders, failures } = await playGrid(cases, { out, tensorboard }, view, signal).finally(
    () => view.stop(),
  );
  const { compareFolders } = await import('../report/compare.js');
  const missing = cases.length - folders.length - failures.length;
  const warnings = [
    ...failures.map(
      ({ which, error }) => `Failed: ${which.name}, seed ${which.seed}: ${error.message}`,
    ),
    ...(missing === 0 ? [] : [`${missing} of ${cases.length} runs were not played yet.`]),
  ];
  const compared = await compareFolders(folders, { out, title, about, warnings });
  const result = { title, page: compared.page, groups: compared.groups, failed: failures.length };
  process.stdout.write(`${json ? JSON.stringify(result) : compared.text}\n`);
  if (open) await openPage(compared.page);
  if (failures.length > 0) process.exitCode = 1;
  if (signal.aborted) process.exitCode = 130;
}

/** Aborted by the first Ctrl-C; the second ends the process. */
function untilInterrupted(message: string): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write(`\nInterrupted: ${message}\n`);
    interrupted.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  return interrupted.signal;
}
