/** Compares runs: one page, its figures as files, a table as CSV and for the terminal. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import CliTable from 'cli-table3';
import { figureSvg } from '../plots/figure.js';
import { escapedXml, pngOf } from '../plots/svg.js';
import { writeWhole } from '../run/write-whole.js';
import {
  accuraciesOf,
  comparisonFigures,
  comparisonTable,
  differencesTable,
  ranked,
  runsTable,
} from './comparison.js';
import { groupRuns, type RunGroup } from './group-runs.js';
import { dataHtml, figureHtml, htmlPage, paragraph, type Table, tableHtml } from './page.js';
import { personalOf } from './personal-figures.js';
import { type RunData, readRun } from './run-data.js';
import { statisticsOf } from './statistics.js';

export interface ComparisonOptions {
  /** Folder of the page. */
  readonly out: string;
  readonly title: string;
  readonly about?: string | undefined;
  /** What the reader must know of runs that are missing. */
  readonly warnings?: readonly string[];
}

export interface Comparison {
  /** Path of the page. */
  readonly page: string;
  /** Of the contract of `compare --json`: accuracies in [0, 1], the best first. */
  readonly groups: readonly {
    readonly name: string;
    readonly settings: RunGroup['varied'];
    readonly seeds: readonly number[];
    readonly accuracy: { readonly mean: number; readonly deviation?: number };
  }[];
  /** The table for a terminal, and the path of the page. */
  readonly text: string;
}

/**
 * Writes `index.html`, `runs.csv` and `plots/` into the folder.
 * @param folders of runs, each with a `run.json`
 * @throws FederationError naming the folder that is no run, or `bad-request` without any
 */
export async function compareFolders(
  folders: readonly string[],
  options: ComparisonOptions,
): Promise<Comparison> {
  const runs = await Promise.all(folders.map(readRun));
  if (runs.length === 0) {
    throw new FederationError('bad-request', 'there is no finished run to compare; play some');
  }
  const groups = groupRuns(runs);
  const { out } = options;
  const page = join(out, 'index.html');
  await writeText(page, comparisonPage(groups, runs, options));
  await writeText(join(out, 'runs.csv'), runsCsv(groups));
  for (const figure of comparisonFigures(groups)) {
    const svg = figureSvg(figure);
    await writeText(join(out, 'plots', `${figure.name}.svg`), svg);
    await writeWhole(join(out, 'plots', `${figure.name}.png`), pngOf(svg));
  }
  return {
    page,
    groups: ranked(groups).map((group) => {
      const { mean = 0, deviation } = statisticsOf(accuraciesOf(group)) ?? {};
      return {
        ...{ name: group.name, settings: group.varied },
        seeds: group.runs.map(({ summary }) => summary.seed),
        accuracy: { mean, ...(deviation !== undefined && { deviation }) },
      };
    }),
    text: `${terminalTable(comparisonTable(groups))}\n${page}`,
  };
}

function comparisonPage(
  groups: readonly RunGroup[],
  runs: readonly RunData[],
  { out, title, about, warnings = [] }: ComparisonOptions,
): string {
  const varied = Object.keys(groups[0].varied);
  const seeds = new Set(runs.map(({ summary }) => summary.seed));
  const differs = varied.length === 0 ? 'Only seeds differ' : `What differs: ${varied.join(', ')}`;
  const same = Object.entries(runs[0].settings).filter(
    ([key]) => !varied.includes(key) && key !== 'seed',
  );
  return htmlPage(
    title,
    [
      `<h1>${escapedXml(title)}</h1>`,
      ...(about === undefined ? [] : [paragraph(about)]),
      ...warnings.map((text) => paragraph(text, 'warning')),
      paragraph(
        `${runs.length} runs of ${groups.length} ${groups.length === 1 ? 'setting' : 'settings'}, ${seeds.size} ${seeds.size === 1 ? 'seed' : 'seeds'}. ${differs}.`,
        'faint',
      ),
      ...comparisonFigures(groups).map(figureHtml),
      '<h2>All settings, the best first</h2>',
      tableHtml(comparisonTable(groups)),
      ...(groups.length < 2
        ? []
        : [
            '<h2>Is the best one really better?</h2>',
            paragraph(
              'Differences of accuracy in percentage points, run by run over shared seeds; the interval is Student’s, of their mean.',
              'faint',
            ),
            tableHtml(differencesTable(groups)),
          ]),
      '<details><summary>Every run</summary>',
      tableHtml(runsTable(groups, (run) => reportLink(out, run))),
      '</details>',
      '<details><summary>What all runs have in common</summary>',
      tableHtml({ head: [], rows: same.map(([key, value]) => [key, String(value)]) }, 'texts'),
      '</details>',
      dataHtml(
        'runs',
        runs.map(({ summary, settings }) => ({ settings, summary })),
      ),
    ].join('\n'),
  );
}

/** From the page to the report of a run, where there is one. */
function reportLink(out: string, { folder }: RunData): string | undefined {
  const page = join(folder, 'report.html');
  if (!existsSync(page)) return undefined;
  return relative(out, page).split(sep).map(encodeURIComponent).join('/');
}

/** A row a run, with what differs and what came out. */
function runsCsv(groups: readonly RunGroup[]): string {
  const varied = Object.keys(groups[0].varied);
  const measured = [
    ...(['finalAccuracy', 'bestAccuracy', 'uplinkBpp', 'downlinkBpp', 'uplinkBytes'] as const),
    ...(['downlinkBytes', 'rounds', 'seconds', 'modelHash'] as const),
  ];
  const own = groups.some((group) => personalOf(group).length > 0)
    ? (['global', 'personal'] as const)
    : [];
  const rows = groups.flatMap((group) =>
    group.runs.map(({ summary }) => [
      ...varied.map((key) => cell(String(group.varied[key]))),
      String(summary.seed),
      ...measured.map((key) => String(summary[key])),
      ...own.map((head) => String(summary.personal?.[head].mean ?? '')),
    ]),
  );
  const head = [...varied, 'seed', ...measured, ...own.map((name) => `${name}OnOwnSamples`)];
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function terminalTable({ head, rows }: Table): string {
  const columns = [
    0,
    1,
    2,
    ...head.flatMap((name, i) => (/personal head|bytes|time/.test(name) ? [i] : [])),
  ];
  const pick = (cells: readonly string[]) => columns.map((i) => cells[i]);
  const table = new CliTable({
    head: pick(head),
    style: { head: [], border: [] },
    colAligns: columns.map((i) => (i === 0 ? 'left' : 'right')),
  });
  table.push(...rows.map((row) => [...pick(row)]));
  return table.toString();
}

async function writeText(path: string, text: string): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(text));
}
