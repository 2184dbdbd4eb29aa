/** Observable Plot without a browser. */
import { createRequire } from 'node:module';
import * as Plot from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { THEME } from './palette.js';

const FONT = 'system-ui, sans-serif';

/** A plot for a page: its colors are the page's variables, its title stands in the page. */
export function pagePlot(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    ...options,
    document,
    style: { background: 'none', color: THEME.ink, fontFamily: FONT, fontSize: '12px' },
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}

/** Of a line of the title, of a line of text below; from the edge. */
const [TITLE, NOTE, EDGE] = [22, 16, 10];

/** A page's plot as a file of its own: on white, with a title above and a note below. */
export function standaloneSvg(plot: string, title: string, note = ''): string {
  const [w, h] = [lengthOf(plot, 'width'), lengthOf(plot, 'height')];
  const titleLines = wrapped(title, Math.floor((w - 2 * EDGE) / 8.2));
  const noteLines = wrapped(note, Math.floor((w - 2 * EDGE) / 6.2));
  const top = 8 + TITLE * titleLines.length + 4;
  const below = noteLines.length === 0 ? 0 : NOTE * noteLines.length + 12;
  const text = (line: string, y: number, style: string) =>
    `<text x="${EDGE}" y="${y}" font-family="${FONT}" fill="${THEME.ink}" ${style}>${escapedXml(line)}</text>`;
  return lightTheme(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${top + h + below}" viewBox="0 0 ${w} ${top + h + below}">`,
      `<rect width="100%" height="100%" fill="${THEME.paper}"/>`,
      ...titleLines.map((line, i) =>
        text(line, 8 + TITLE * (i + 0.75), 'font-size="15" font-weight="bold"'),
      ),
      plot.replace('<svg ', `<svg x="0" y="${top}" `),
      ...noteLines.map((line, i) => text(line, top + h + NOTE * (i + 0.8), 'font-size="12"')),
      '</svg>',
    ].join('\n'),
  );
}

/** A file with a title at its top left, in `marginTop`. */
export function svgDocument({
  title,
  ...options
}: Omit<Plot.PlotOptions, 'title'> & { readonly title: string }): string {
  const plot = pagePlot({
    ...options,
    marks: [
      ...(options.marks ?? []),
      Plot.text([title], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', fontSize: 15, fontWeight: 'bold' },
        ...{ dx: -(options.marginLeft ?? 0) + 8, dy: 22 - (options.marginTop ?? 0) },
      }),
    ],
  });
  return lightTheme(plot).replace(/background: ?none/, 'background: white');
}

/** The picture at twice its size. */
export function pngOf(svg: string): Uint8Array {
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: {
      // The same picture on every machine; and reading all fonts of one takes a second.
      loadSystemFonts: BEYOND_FONT.test(svg),
      fontFiles: FONT_FILES,
      defaultFontFamily: 'Noto Sans',
      sansSerifFamily: 'Noto Sans',
    },
  })
    .render()
    .asPng();
}

const FONT_FILES = ['400Regular/NotoSans_400Regular.ttf', '700Bold/NotoSans_700Bold.ttf'].map(
  (file) => createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${file}`),
);
/** Scripts that Noto Sans has no letters of: it has Latin, Greek, Cyrillic and signs. */
const BEYOND_FONT = /[\u0530-\u1dff\u2300-\uffff]/;

/** An attribute of the outermost element. */
function lengthOf(svg: string, name: 'width' | 'height'): number {
  const [element = ''] = /<svg [^>]*>/.exec(svg) ?? [];
  return Number(new RegExp(` ${name}="([\\d.]+)"`).exec(element)?.[1]);
}

/** Variables and fonts replaced by what they fall back to, for programs that know neither. */
function lightTheme(svg: string): string {
  return svg.replaceAll(FONT, 'sans-serif').replaceAll(/var\(--[\w-]+, ([^()]+)\)/g, '$1');
}

/** Words in lines of at most so many characters. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** Text as content or attribute of XML and HTML. */
export function escapedXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
