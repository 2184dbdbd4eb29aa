/** Writes the report of a run folder: the page, and each figure as SVG and PNG. */
import { join } from 'node:path';
import { figureSvg } from '../plots/figure.js';
import { pngOf } from '../plots/svg.js';
import { writeWhole } from '../run/write-whole.js';
import { type RunData, readRun } from './run-data.js';
import { runChapters, runPage } from './run-report.js';

const encoder = new TextEncoder();

/** @returns the path of the page */
export async function writeRunReport(folder: string): Promise<string> {
  const page = await writeRunPage(folder);
  await writeFigures(await readRun(folder), folder);
  return page;
}

/** The page alone. @returns its path */
export async function writeRunPage(folder: string): Promise<string> {
  const page = join(folder, 'report.html');
  await writeWhole(page, encoder.encode(runPage(await readRun(folder))));
  return page;
}

async function writeFigures(run: RunData, folder: string): Promise<void> {
  for (const { figures } of runChapters(run)) {
    for (const figure of figures) {
      // The run itself drew who holds what.
      if (figure.name === 'partition') continue;
      const svg = figureSvg(figure);
      await writeWhole(join(folder, 'plots', `${figure.name}.svg`), encoder.encode(svg));
      await writeWhole(join(folder, 'plots', `${figure.name}.png`), pngOf(svg));
    }
  }
}
