/** Writes a report in all its forms. */
import { join } from 'node:path';
import { pngOf } from '../../plots/svg.js';
import { writeWhole } from '../../run/write-whole.js';
import { figuresOf } from './figures.js';
import { markdownReport } from './markdown.js';
import { reportPage } from './page.js';
import type { Report } from './report.js';
import { resultsJson } from './results-json.js';

/** @returns the paths of the files */
export async function writeReport(folder: string, report: Report): Promise<string[]> {
  const figures = figuresOf(report.sections);
  const files: (readonly [name: string, content: string | Uint8Array])[] = [
    ['results.json', resultsJson(report)],
    ['results.md', markdownReport(report, figures)],
    ['index.html', reportPage(report, figures)],
    ...figures.flatMap(({ name, svg }) => [
      [`${name}.svg`, svg] as const,
      [`${name}.png`, pngOf(svg)] as const,
    ]),
  ];
  const encoder = new TextEncoder();
  for (const [name, content] of files) {
    const bytes = typeof content === 'string' ? encoder.encode(content) : content;
    await writeWhole(join(folder, name), bytes);
  }
  return files.map(([name]) => join(folder, name));
}
