/** The figures of a report. */
import { standaloneSvg } from '../../plots/svg.js';
import type { PlayedSection } from '../play-experiment.js';
import { sectionPlot } from './section-plots.js';

export interface FigureFile {
  readonly section: string;
  /** Of its files, without the ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

const TITLES = {
  rounds: 'accuracy over rounds',
  bytes: 'accuracy over bytes',
  dots: 'accuracy after the last round',
} as const;

/** Those of which there are results. */
export function figuresOf(sections: readonly PlayedSection[]): FigureFile[] {
  return sections.flatMap((section) =>
    section.figures.flatMap((kind) => {
      const title = `${section.title}: ${TITLES[kind]}`;
      const plot = sectionPlot(kind, section.cases, 'wide');
      if (plot === undefined) return [];
      const svg = standaloneSvg(plot, title);
      return [{ section: section.name, name: `${section.name}-${kind}`, title, svg }];
    }),
  );
}
