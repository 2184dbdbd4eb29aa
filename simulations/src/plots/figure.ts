/** A picture that explains itself: what it shows as a title, and how to read it. */
import { standaloneSvg } from './svg.js';

/** For a page on a desktop, and for one on a phone: text has the same size on both. */
export type FigureSize = 'wide' | 'narrow';

export const FIGURE_WIDTH: Readonly<Record<FigureSize, number>> = { wide: 720, narrow: 352 };

export interface Figure {
  /** Of its files, without the ending. */
  readonly name: string;
  /** The finding, or the question that it answers. */
  readonly title: string;
  /** How to read it, in a sentence or two. */
  readonly note?: string;
  /** For a page, without the title. */
  draw(size: FigureSize): string;
}

/** As a file of its own. */
export function figureSvg({ title, note, draw }: Figure): string {
  return standaloneSvg(draw('wide'), title, note);
}
