/**
 * How series are told apart: by color, by dash and by symbol, so that no one needs the color. Colors
 * are variables of a style sheet with the light theme's value as their fallback: a page sets others
 * in the dark, and a file of its own has the fallbacks (`svg.ts`).
 */

/** Okabe and Ito's colors, which most color-blind readers can tell apart; without their yellow, which is too light for lines. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#444444'];
/** The same, lighter where they would drown in the dark. */
const DARK_COLORS = ['#4aa8e8', '#f07a2b', '#1fbf92', '#e08fc0', '#f0b43c', '#8fd0f5', '#bbbbbb'];
const DASHES = ['', '7 3', '2 3'];
export const SYMBOLS = ['circle', 'square', 'triangle', 'diamond2', 'star', 'cross'] as const;

/** How many of each there are: style n has color n mod the one, dash n div the one. */
export const STYLE_COLORS = COLORS.length;
export const STYLE_DASHES = DASHES.length;

/** Ink of texts, of what is secondary, of rules, and what is below. */
export const THEME = {
  ink: 'var(--ink, #222222)',
  faint: 'var(--faint, #666666)',
  rule: 'var(--rule, #dddddd)',
  paper: 'var(--paper, white)',
} as const;

/** Variables of a page's two themes, as declarations of a style sheet. */
export const THEME_VARIABLES = {
  light: declarations(
    { ink: '#222222', faint: '#595959', rule: '#dddddd', paper: '#ffffff' },
    COLORS,
  ),
  dark: declarations(
    { ink: '#e8e8e8', faint: '#a6a6a6', rule: '#3a3d42', paper: '#16181c' },
    DARK_COLORS,
  ),
} as const;

export interface SeriesStyle {
  readonly color: string;
  readonly dash: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

export function styleOf(index: number): SeriesStyle {
  const color = index % COLORS.length;
  return {
    color: `var(--series-${color}, ${COLORS[color]})`,
    dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length],
    symbol: SYMBOLS[index % SYMBOLS.length],
  };
}

function declarations(theme: Readonly<Record<string, string>>, colors: readonly string[]): string {
  return [
    ...Object.entries(theme).map(([name, value]) => `--${name}: ${value};`),
    ...colors.map((color, i) => `--series-${i}: ${color};`),
  ].join(' ');
}
