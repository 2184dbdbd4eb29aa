/** Observable Plot without a browser. */
import * as Plot from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';

/** An SVG document with a title at its top left, in `marginTop`. */
export function svgDocument({
  title,
  ...options
}: Omit<Plot.PlotOptions, 'title'> & { readonly title: string }): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    ...options,
    document,
    style: { background: 'white', color: '#222', fontFamily: 'sans-serif', fontSize: '12px' },
    marks: [
      ...(options.marks ?? []),
      Plot.text([title], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', fontSize: 15, fontWeight: 'bold' },
        ...{ dx: -(options.marginLeft ?? 0) + 8, dy: 22 - (options.marginTop ?? 0) },
      }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}

/** The picture at twice its size. */
export function pngOf(svg: string): Uint8Array {
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 } }).render().asPng();
}
