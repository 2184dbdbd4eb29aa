/** How series are told apart: by color, by dash and by symbol, so that no one needs the color. */

/** Okabe and Ito's colors, which most color-blind readers can tell apart; without their yellow, which is too light for lines. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#444444'];
const DASHES = ['', '7 3', '2 3'];
export const SYMBOLS = ['circle', 'square', 'triangle', 'diamond2', 'star', 'cross'] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly dash: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

export function styleOf(index: number): SeriesStyle {
  return {
    color: COLORS[index % COLORS.length],
    dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length],
    symbol: SYMBOLS[index % SYMBOLS.length],
  };
}
