/** Small pictures in labelled rows: the filters of a dictionary, images and their reconstructions. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  /** 1, or 3 for red, green and blue. */
  readonly channels: number;
  /** [height][width][channels]. */
  readonly values: ArrayLike<number>;
  /** `image`: 0 is black, 1 is white. `signed`: 0 is white, blue below, red above, to ±the largest. */
  readonly kind: 'image' | 'signed';
}

export interface TileSheet {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly tiles: readonly Tile[] }[];
}

const SIDE = 56;
const GAP = 6;
const MARGIN = 12;
const TITLE = 34;
const LABEL = 20;
/** Tiles in a line of the sheet; a row with more goes on in the next line. */
const COLUMNS = 12;

/** An SVG document. */
export function tileSheet({ title, rows }: TileSheet): string {
  const columns = Math.min(COLUMNS, Math.max(1, ...rows.map(({ tiles }) => tiles.length)));
  const width = Math.max(2 * MARGIN + columns * (SIDE + GAP) - GAP, 9 * title.length);
  const parts: string[] = [];
  let y = TITLE;
  for (const { label, tiles } of rows) {
    if (label !== '') {
      parts.push(text(MARGIN, y + 13, 12, label));
      y += LABEL;
    }
    tiles.forEach((tile, i) => {
      const x = MARGIN + (i % columns) * (SIDE + GAP);
      parts.push(drawTile(tile, x, y + Math.floor(i / columns) * (SIDE + GAP)));
    });
    y += Math.ceil(tiles.length / columns) * (SIDE + GAP) + GAP;
  }
  const height = y + MARGIN - GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(MARGIN, 22, 15, title, ' font-weight="bold"'),
    ...parts,
    '</svg>',
  ].join('\n');
}

function text(x: number, y: number, size: number, content: string, more = ''): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" fill="#222"${more}>${safe}</text>`;
}

function drawTile(tile: Tile, x: number, y: number): string {
  const { width, height, channels, values, kind } = tile;
  const side = SIDE / Math.max(width, height);
  const largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const cells: string[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * channels;
      const pixel = Array.from({ length: channels }, (_, c) => values[at + c]);
      const color =
        kind === 'image'
          ? gray(pixel)
          : diverging(largest === 0 ? 0 : pixel.reduce((a, b) => a + b) / (channels * largest));
      // Slightly larger than its place, so that no seam shows.
      cells.push(
        `<rect x="${number(column * side)}" y="${number(row * side)}" width="${number(side + 0.05)}" height="${number(side + 0.05)}" fill="${color}"/>`,
      );
    }
  }
  const frame = `<rect width="${number(width * side)}" height="${number(height * side)}" fill="none" stroke="#999" stroke-width="0.5"/>`;
  return `<g transform="translate(${x} ${y})">${cells.join('')}${frame}</g>`;
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}

function gray(pixel: readonly number[]): string {
  const [red, green = red, blue = red] = pixel.map((value) =>
    Math.round(255 * Math.min(1, Math.max(0, value))),
  );
  return `rgb(${red},${green},${blue})`;
}

/** From blue by white to red. */
function diverging(value: number): string {
  const away = Math.min(1, Math.abs(value));
  const [red, green, blue] = value < 0 ? [0, 90, 181] : [200, 40, 20];
  const mix = (to: number) => Math.round(255 + (to - 255) * away);
  return `rgb(${mix(red)},${mix(green)},${mix(blue)})`;
}
