/** A report as one HTML file that needs no other. */
import { escapedXml } from '../../plots/svg.js';
import type { PlayedSection } from '../play-experiment.js';
import { commandLine } from '../section.js';
import type { FigureFile } from './figures.js';
import { preface, type Report, skippedLines } from './report.js';
import { type Table, tableOf } from './table.js';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 3rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; text-align: right; border-bottom: 1px solid #ddd; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; } td { white-space: nowrap; }
figure { margin: 1.5rem 0; overflow-x: auto; } svg { max-width: 100%; height: auto; }
.warning { font-weight: bold; border-left: 4px solid #d55e00; padding-left: 0.8rem; }
pre { font-size: 0.8rem; overflow-x: auto; background: #f6f6f6; padding: 0.8rem; }`;

/** Tables, figures and commands. */
export function reportPage(report: Report, figures: readonly FigureFile[]): string {
  const lines = [...preface(report), ...skippedLines(report)];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapedXml(report.title)}</title>
<style>${STYLE}</style>
<h1>${escapedXml(report.title)}</h1>
${lines.map((line, i) => `<p${report.quick && i === 0 ? ' class="warning"' : ''}>${escapedXml(line)}</p>`).join('\n')}
${report.sections.map((section) => sectionHtml(section, report, figures)).join('\n')}
</html>
`;
}

function sectionHtml(
  section: PlayedSection,
  { seeds }: Report,
  figures: readonly FigureFile[],
): string {
  const own = figures.filter((figure) => figure.section === section.name);
  const commands = section.cases.map((which) => commandLine(which, seeds[0] ?? 1)).join('\n');
  return `<section>
<h2>${escapedXml(section.title)}</h2>
<p>${escapedXml(section.about)}</p>
<div class="scroll">${tableHtml(tableOf(section, seeds.length))}</div>
${own.map(({ title, svg }) => `<figure role="img" aria-label="${escapedXml(title)}">${svg}</figure>`).join('\n')}
<details><summary>The commands of its cases</summary><pre>${escapedXml(commands)}</pre></details>
</section>`;
}

function tableHtml({ head, rows }: Table): string {
  const cells = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapedXml(text)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}
