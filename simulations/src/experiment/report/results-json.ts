/** A report as data: every result, and mean and deviation of each case. */

import { statisticsOf } from '../../report/statistics.js';
import { commandLine } from '../section.js';
import { preface, type Report, skippedLines } from './report.js';

export function resultsJson(report: Report): string {
  const { title, command, seeds, quick } = report;
  const sections = report.sections.map(({ name, about, cases }) => ({
    name,
    about,
    cases: cases.map(({ results, ...which }) => ({
      ...{ row: which.row, column: which.column },
      command: commandLine(which, seeds[0] ?? 1),
      accuracy: statisticsOf(results.map(({ result }) => result.accuracy)),
      results: results.map(({ seed, result }) => ({ seed, ...result })),
    })),
  }));
  const notes = [...preface(report), ...skippedLines(report)];
  return `${JSON.stringify({ title, command, quick, seeds, notes, sections }, null, 1)}\n`;
}
