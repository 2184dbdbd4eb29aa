/**
 * Puts the sections of a report into a Markdown document, between marks that stay:
 *
 *   <!-- experiment:rules -->
 *   <!-- /experiment:rules -->
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { writeWhole } from '../../run/write-whole.js';
import { type FigureFile, figuresOf } from './figures.js';
import { sectionBody } from './markdown.js';
import { conditions, type Report, skippedLines } from './report.js';

/** Folder of the figures, beside the document. */
const PLOTS = 'plots';
/** A block, with its name. */
const BLOCK = /<!-- experiment:(\S+) -->[\s\S]*?<!-- \/experiment:\1 -->/g;

/**
 * Writes the document, and the figures of its blocks to `plots/` beside it. Blocks of sections that
 * were not played stay as they are.
 * @throws FederationError `unknown-file`, or `bad-request` where the document has no block to fill
 */
export async function insertReport(file: string, report: Report): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new FederationError('unknown-file', `--into ${file}: cannot be read`, { cause });
  });
  const figures = figuresOf(report.sections);
  const { document, inserted } = insertSections(text, report, figures);
  if (inserted.length === 0) {
    throw new FederationError(
      'bad-request',
      `--into ${file}: has no place for a section that was played; add <!-- experiment:${report.sections[0]?.name} --> and <!-- /experiment:${report.sections[0]?.name} -->`,
    );
  }
  const encoder = new TextEncoder();
  for (const { section, name, svg } of figures) {
    if (!inserted.includes(section)) continue;
    await writeWhole(join(dirname(file), PLOTS, `${name}.svg`), encoder.encode(svg));
  }
  await writeWhole(file, encoder.encode(document));
}

/** The document with its blocks filled, and the sections of those. */
export function insertSections(
  text: string,
  report: Report,
  figures: readonly FigureFile[],
): { readonly document: string; readonly inserted: readonly string[] } {
  const inserted: string[] = [];
  const document = text.replaceAll(BLOCK, (block: string, name: string) => {
    const section = report.sections.find((other) => other.name === name);
    if (section === undefined) return block;
    inserted.push(name);
    const own = { ...report, sections: [section] };
    const body = [
      ...sectionBody(section, report.seeds.length, figures, `${PLOTS}/`),
      ...skippedLines(own),
      conditions(own).join(' '),
    ];
    return [`<!-- experiment:${name} -->`, ...body, `<!-- /experiment:${name} -->`].join('\n\n');
  });
  return { document, inserted };
}
