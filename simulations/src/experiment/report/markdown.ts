/** A report as Markdown. */
import type { PlayedSection } from '../play-experiment.js';
import { commandLine } from '../section.js';
import type { FigureFile } from './figures.js';
import { preface, type Report, skippedLines } from './report.js';
import { type Table, tableOf } from './table.js';

export function markdownReport(report: Report, figures: readonly FigureFile[]): string {
  const parts = [
    `# ${report.title}`,
    ...preface(report),
    ...skippedLines(report),
    ...report.sections.map((section) => sectionText(section, report, figures)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionText(
  section: PlayedSection,
  { seeds }: Report,
  figures: readonly FigureFile[],
): string {
  const commands = section.cases.map((which) => commandLine(which, seeds[0] ?? 1));
  return [
    `## ${section.title}`,
    ...sectionBody(section, seeds.length, figures, ''),
    'One case alone, in the order of the table:',
    ['```sh', ...commands, '```'].join('\n'),
  ].join('\n\n');
}

/**
 * What is held fixed, the table, and the figures.
 * @param folder of the figures, ending in a slash unless empty
 */
export function sectionBody(
  section: PlayedSection,
  seeds: number,
  figures: readonly FigureFile[],
  folder: string,
): string[] {
  const own = figures.filter((figure) => figure.section === section.name);
  return [
    section.about,
    markdownTable(tableOf(section, seeds)),
    ...own.map(({ title, name }) => `![${title}](${folder}${name}.svg)`),
  ];
}

function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
