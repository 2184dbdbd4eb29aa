/** Pages of reports: one HTML file each, that loads nothing, for desktop and phone, light and dark. */
import type { Figure } from '../plots/figure.js';
import { THEME_VARIABLES } from '../plots/palette.js';
import { escapedXml } from '../plots/svg.js';

const STYLE = `
:root { color-scheme: light dark; ${THEME_VARIABLES.light} --panel: #f5f6f8; }
@media (prefers-color-scheme: dark) { :root { ${THEME_VARIABLES.dark} --panel: #20242a; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.75rem 0 0.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.75rem 0 0.25rem; }
p { max-width: 46rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
figcaption { margin-top: 0.6rem; }
.faint, figcaption { color: var(--faint); font-size: 0.875rem; max-width: 46rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.6rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border-radius: 0.5rem; padding: 0.7rem 0.9rem; }
.tiles b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tiles span { color: var(--faint); font-size: 0.8rem; }
figure { margin: 1.25rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
@media (max-width: 46rem) { .wide { display: none; } .narrow { display: block; } }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; margin: 0.75rem 0; }
th, td { padding: 0.35rem 1rem 0.35rem 0; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: bottom; white-space: nowrap; }
th { font-weight: 600; white-space: normal; } th:first-child, td:first-child { text-align: left; }
table.texts td { white-space: normal; text-align: left; overflow-wrap: anywhere; }
pre, code { font: 0.8rem/1.5 ui-monospace, monospace; }
pre { background: var(--panel); border-radius: 0.5rem; padding: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; margin: 0.75rem 0; } a { color: var(--series-0); }
.warning { border-left: 4px solid var(--series-1); padding-left: 0.8rem; }`;

/** @param body HTML */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapedXml(title)}</title>
<style>${STYLE}</style>
${body}
</html>
`;
}

/** A figure in two widths, of which the screen shows one. */
export function figureHtml({ title, note, draw }: Figure): string {
  const caption = note === undefined ? '' : `<figcaption>${escapedXml(note)}</figcaption>`;
  return `<h3>${escapedXml(title)}</h3>
<figure role="img" aria-label="${escapedXml(title)}"><div class="wide">${draw('wide')}</div><div class="narrow">${draw('narrow')}</div>${caption}</figure>`;
}

/** Short facts in a grid. */
export function tilesHtml(tiles: readonly (readonly [value: string, name: string])[]): string {
  const items = tiles.map(
    ([value, name]) => `<li><b>${escapedXml(value)}</b><span>${escapedXml(name)}</span></li>`,
  );
  return `<ul class="tiles">${items.join('')}</ul>`;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where the first cell of each row leads. */
  readonly links?: readonly (string | undefined)[];
}

/** @param kind `texts`: long cells at the left, that may wrap */
export function tableHtml(
  { head, rows, links = [] }: Table,
  kind: 'numbers' | 'texts' = 'numbers',
): string {
  const cells = (tag: string, texts: readonly string[], link?: string) => {
    const content = texts.map((text, i) =>
      i === 0 && link !== undefined
        ? `<a href="${escapedXml(link)}">${escapedXml(text)}</a>`
        : escapedXml(text),
    );
    return `<tr>${content.map((html) => `<${tag}>${html}</${tag}>`).join('')}</tr>`;
  };
  const header = head.length === 0 ? '' : `<thead>${cells('th', head)}</thead>`;
  return `<div class="scroll"><table class="${kind}">${header}<tbody>${rows.map((row, i) => cells('td', row, links[i])).join('')}</tbody></table></div>`;
}

export function paragraph(text: string, kind = ''): string {
  return `<p${kind === '' ? '' : ` class="${kind}"`}>${escapedXml(text)}</p>`;
}

/** Data that a page carries with it, for whoever reads the page by program. */
export function dataHtml(id: string, data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${id}">${json}</script>`;
}
