import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSeed, Random } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaseCache } from './case-result.js';
import { type PlayOptions, playExperiment } from './play-experiment.js';
import { insertReport } from './report/insert.js';
import { writeReport } from './report/write-report.js';
import type { ExperimentCase, Section } from './section.js';

let folder: string;
let sections: Section[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-experiment-'));
  const random = new Random(deriveSeed(1, 'rows'));
  const rows = Array.from({ length: 300 }, () => {
    const [a, b] = [random.unit(), random.unit()];
    return [a.toFixed(4), b.toFixed(4), a + b < 0.8 ? 'low' : a + b < 1.2 ? 'middle' : 'high'];
  });
  const file = join(folder, 'rows.csv');
  await writeFile(file, ['a,b,kind', ...rows.map(String)].join('\n'));
  const data = ['--dataset', `csv:${file}`, '--label', 'kind', '--hidden', '32', '--batch', '10'];
  const small = ['--clients', '6', '--cohort', '3', '--rounds', '3', '--rule', 'sign-vote'];
  const federated = (row: string, ...args: string[]): ExperimentCase => ({
    ...{ row, column: '', command: 'run', args: [...data, ...small, ...args] },
  });
  const common = { about: 'Three classes of two numbers.', figures: ['rounds', 'bytes'] as const };
  sections = [
    {
      ...{ name: 'list', title: 'A list', table: 'list', ...common },
      cases: [
        federated('vote'),
        federated('skewed', '--partition', 'classes:2'),
        federated('elsewhere', '--extractor', join(folder, 'missing.fhx')),
      ],
    },
    {
      ...{ name: 'pivot', title: 'A pivot', table: 'pivot', ...common, figures: ['dots'] },
      cases: [
        { ...federated('vote'), column: 'again' },
        {
          ...{ row: 'fp32', column: 'other', command: 'baseline' },
          args: [...data, '--epochs', '2'],
        },
      ],
    },
  ];
});
afterAll(() => rm(folder, { recursive: true }));

async function play(out: string, options: Partial<PlayOptions> = {}) {
  const lines: string[] = [];
  const cache = await CaseCache.create(join(folder, out, 'cases'));
  const played = await playExperiment(sections, {
    ...{ seeds: [1, 2], workers: 1, cache },
    ...{ signal: new AbortController().signal, note: (line: string) => lines.push(line) },
    ...options,
  });
  return { played, lines };
}

describe('an experiment', () => {
  it('measures each case once for each seed, and nothing again', async () => {
    const first = await play('once');
    const [list, pivot] = first.played;
    expect(list.cases[0].results.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(list.cases[0].results[0].result.federation?.rounds).toHaveLength(3);
    // The same case in two sections.
    expect(pivot.cases[0].results).toEqual(list.cases[0].results);
    expect(await readdir(join(folder, 'once', 'cases'))).toHaveLength(6);
    const again = await play('once', { onRound: () => expect.unreachable() });
    expect(again.played).toEqual(first.played);
    expect(again.lines).toContain('6 results are there, 0 to measure');
  });

  it('leaves out what the machine has no data for, and says so', async () => {
    const { played, lines } = await play('once');
    expect(played[0].cases[2]).toMatchObject({ results: [], skipped: /missing\.fhx/ });
    expect(lines.filter((line) => line.startsWith('skipped: list: elsewhere'))).toHaveLength(1);
  });

  it('interrupted, loses the case in progress and goes on from there', async () => {
    const stop = new AbortController();
    let rounds = 0;
    const onRound = () => {
      if (++rounds === 5) stop.abort();
    };
    const { played } = await play('stopped', { signal: stop.signal, onRound });
    expect(played[0].cases[0].results).toHaveLength(1);
    expect(played[0].cases[1].results).toHaveLength(0);
    const [kept] = await readdir(join(folder, 'stopped', 'cases'));
    const resumed = await play('stopped');
    expect(resumed.lines).toContain('1 results are there, 5 to measure');
    const whole = await play('once');
    const accuracies = ({ played: sections }: typeof whole) =>
      sections.flatMap(({ cases }) =>
        cases.map(({ results }) => results.map(({ result }) => result.accuracy)),
      );
    expect(accuracies(resumed)).toEqual(accuracies(whole));
    // A file that is no result is measured anew.
    await writeFile(join(folder, 'stopped', 'cases', kept), '{"accuracy":');
    expect((await play('stopped')).lines).toContain('5 results are there, 1 to measure');
  });

  it('is told in tables, pictures and a page that needs no other file', async () => {
    const { played } = await play('once');
    const report = { title: 'Test', command: 'none', seeds: [1, 2], quick: true };
    const out = join(folder, 'report');
    const files = await writeReport(out, { ...report, sections: played });
    expect(files.map((file) => file.slice(out.length + 1))).toEqual([
      ...['results.json', 'results.md', 'index.html'],
      ...['list-rounds.svg', 'list-rounds.png', 'list-bytes.svg', 'list-bytes.png'],
      ...['pivot-dots.svg', 'pivot-dots.png'],
    ]);
    const [json, markdown, page] = await Promise.all(
      files.slice(0, 3).map((file) => readFile(file, 'utf8')),
    );
    const [vote] = JSON.parse(json).sections[0].cases;
    const [a, b] = vote.results.map(({ accuracy }: { accuracy: number }) => accuracy);
    expect(vote.accuracy.mean).toBeCloseTo((a + b) / 2, 12);
    expect(markdown).toContain(`| vote | ${(50 * (a + b)).toFixed(2)} ± `);
    expect(markdown).toMatch(/^Smoke run/m);
    expect(markdown).toContain('![A list: accuracy over rounds](list-rounds.svg)');
    expect(page).toContain('<p class="warning">Smoke run');
    expect(page.match(/<figure/g)).toHaveLength(3);
    expect(page).not.toMatch(/(src|href)="/);
    const png = await readFile(files[4]);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });

  it('is put into a document between its marks, and nowhere else', async () => {
    const { played } = await play('once');
    const report = {
      title: 'Test',
      command: 'none',
      seeds: [1, 2],
      quick: false,
      sections: played,
    };
    const file = join(folder, 'document.md');
    const marks = (name: string, body: string) =>
      `<!-- experiment:${name} -->\n\n${body}\n\n<!-- /experiment:${name} -->`;
    const before = `# Mine\n\n${marks('list', 'old figures')}\n\n${marks('other', 'kept')}\n`;
    await writeFile(file, before);
    await insertReport(file, report);
    const after = await readFile(file, 'utf8');
    expect(after).not.toContain('old figures');
    expect(after).toMatch(/^# Mine\n\n<!-- experiment:list -->\n\nThree classes/);
    expect(after).toContain('| vote | ');
    expect(after).toContain('![A list: accuracy over rounds](plots/list-rounds.svg)');
    expect(after).toContain(marks('other', 'kept'));
    expect(await readdir(join(folder, 'plots'))).toEqual(['list-bytes.svg', 'list-rounds.svg']);
    await insertReport(file, report);
    expect(await readFile(file, 'utf8')).toBe(after);
    await writeFile(file, '# Nothing here\n');
    await expect(insertReport(file, report)).rejects.toThrow(/--into .*no place.*experiment:list/);
  });
});
