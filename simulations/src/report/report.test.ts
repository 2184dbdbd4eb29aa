import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSeed, type FederationError, Random } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperimentFile } from '../grid/experiment-file.js';
import { type GridCase, gridCases } from '../grid/grid-cases.js';
import { caseFolder, type GridEvents, type PlayedGrid, playGrid } from '../grid/play-grid.js';
import { compareFolders } from './compare.js';
import { differencesTable } from './comparison.js';
import { groupRuns } from './group-runs.js';
import { type RunData, readRun } from './run-data.js';
import { writeRunReport } from './write-run-report.js';

let folder: string;
let cases: GridCase[];
let events: string[];

function recorder(stop?: AbortController): GridEvents {
  return {
    kept: ({ folder }) => events.push(`kept ${folder}`),
    started: ({ folder }) => events.push(`started ${folder}`),
    note: () => {},
    round: (_, { round }) => {
      if (round === 2) stop?.abort();
    },
    finished: ({ folder }) => events.push(`finished ${folder}`),
    failed: (_, error: FederationError) => events.push(`failed ${error.message}`),
  };
}

function play(which: readonly GridCase[], stop = new AbortController(), armed = false) {
  events = [];
  const folders = { out: join(folder, 'grid') };
  return playGrid(which, folders, recorder(armed ? stop : undefined), stop.signal);
}

/** Two numbers; which of three classes a row is follows from their sum. */
function csv(rows: number): string {
  const random = new Random(deriveSeed(1, 'rows'));
  const lines = Array.from({ length: rows }, () => {
    const [a, b] = [random.unit(), random.unit()];
    return [a.toFixed(4), b.toFixed(4), a + b < 0.8 ? 'low' : a + b < 1.2 ? 'mid' : 'high'];
  });
  return [['a', 'b', 'kind'], ...lines].map((line) => line.join(',')).join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-report-'));
  vi.stubEnv('FEDHYBNN_DATASETS', join(folder, 'cache'));
  await writeFile(join(folder, 'rows.csv'), csv(300));
  const text = `
    dataset: csv:${join(folder, 'rows.csv')}
    label: kind
    clients: 6
    cohort: 3
    rounds: 4
    hidden: 64
    batch: 10
    epochs: 1
    workers: 1
    grid: { rule: [sign-vote, fedavg] }
    seeds: [1, 2]
  `;
  cases = gridCases(parseExperimentFile(text, 'x.yaml'), {});
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('a grid of runs', () => {
  let played: PlayedGrid;

  it('keeps what is finished when it is interrupted, and goes on in the run that was in progress', async () => {
    await play(cases.slice(0, 1));
    const stopped = await play(cases, new AbortController(), true);
    expect(stopped.folders).toEqual([caseFolder(join(folder, 'grid'), cases[0])]);
    expect(events).toEqual([`kept ${cases[0].folder}`, `started ${cases[1].folder}`]);

    played = await play(cases);
    expect(played.folders).toHaveLength(4);
    expect(events.filter((event) => event.startsWith('kept'))).toHaveLength(1);
    expect(events.filter((event) => event.startsWith('finished'))).toHaveLength(3);
    await play(cases);
    expect(events.filter((event) => event.startsWith('kept'))).toHaveLength(4);
  });

  it('tells a run that fails, and goes on with the others', async () => {
    const text = `
      dataset: csv:${join(folder, 'rows.csv')}
      label: kind
      clients: 6
      cohort: 3
      rounds: 1
      hidden: 64
      grid: { partition: [classes:9, iid] }
    `;
    const { folders, failures } = await play(gridCases(parseExperimentFile(text, 'y.yaml'), {}));
    expect(folders).toHaveLength(1);
    expect(failures).toHaveLength(1);
    expect(failures[0].which.name).toBe('classes:9');
    expect(events[1]).toMatch(/^failed .*classes/);
  });

  it('leaves run folders with all that a report needs', async () => {
    const run = await readRun(played.folders[0]);
    expect(run.complete).toBe(true);
    expect(run.settings).toMatchObject({ rule: 'sign-vote', seed: '1', clients: '6' });
    expect(run.rounds.map(({ round }) => round)).toEqual([1, 2, 3, 4]);
    expect(run.analysis?.clientAccuracy).toHaveLength(6);
    expect(run.hardware.memoryGb).toBeGreaterThan(0);
    const [header, ...lines] = (await readFile(join(run.folder, 'metrics.csv'), 'utf8'))
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    const column = header.indexOf('accuracy');
    expect(lines.map((line) => Number(line[column]))).toEqual(
      run.rounds.map(({ accuracy }) => accuracy),
    );
    expect(lines.every((line) => line.length === header.length)).toBe(true);
  });

  it('is compared on one page that loads nothing, and links the report of every run', async () => {
    const out = join(folder, 'grid');
    const about = 'Two <rules>.';
    const { page, groups, text } = await compareFolders(played.folders, {
      ...{ out, title: 'Rules & seeds', about, warnings: ['One failed.'] },
    });
    const runs = await Promise.all(played.folders.map(readRun));
    expect(groups).toHaveLength(2);
    for (const { name, seeds, accuracy } of groups) {
      const own = runs.filter(({ summary }) => summary.rule === name);
      const mean = own.reduce((sum, { summary }) => sum + summary.finalAccuracy, 0) / 2;
      expect(seeds).toEqual([1, 2]);
      expect(accuracy.mean).toBeCloseTo(mean, 12);
    }
    expect(text).toContain(page);
    const html = await readFile(page, 'utf8');
    expect(html).toContain('<h1>Rules &amp; seeds</h1>');
    expect(html).toContain('Two &lt;rules&gt;.');
    expect(html).toContain('<p class="warning">One failed.</p>');
    expect(html).not.toMatch(/\b(src|href)="(https?:|\/)/);
    const links = [...html.matchAll(/<a href="([^"]+)"/g)].map(([, link]) => link);
    expect(links).toHaveLength(4);
    for (const link of links) expect(existsSync(join(out, decodeURIComponent(link)))).toBe(true);
    const rows = (await readFile(join(out, 'runs.csv'), 'utf8')).trimEnd().split('\r\n');
    expect(rows[0]).toMatch(/^rule,seed,finalAccuracy,/);
    expect(rows).toHaveLength(5);
  });

  it('is reported run by run, with figures as files', async () => {
    const [run] = played.folders;
    const html = await readFile(await writeRunReport(run), 'utf8');
    for (const heading of ['How fast', 'Which classes', 'Whom does', 'Did the clients agree']) {
      expect(html).toContain(`<h2>${heading}`);
    }
    expect(html).not.toMatch(/\b(src|href)="(https?:|\/)/);
    expect(html).not.toContain('NaN');
    const data = /<script type="application\/json" id="run">(.*)<\/script>/.exec(html);
    expect(JSON.parse(data?.[1] ?? '').rounds).toHaveLength(4);
    const svg = await readFile(join(run, 'plots', 'classes.svg'), 'utf8');
    expect(svg).not.toContain('var(');
    const png = await readFile(join(run, 'plots', 'classes.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });

  it('is shown with the heads that clients fine-tuned, where it has some', async () => {
    const [other, own] = played.folders;
    const path = join(own, 'run.json');
    const before = await readFile(path, 'utf8');
    const spread = (mean: number) => ({ mean, q10: mean - 0.2, median: mean, q90: 1 });
    const personal = { clients: 4, global: spread(0.7), personal: spread(0.8), gain: 0.5, lose: 0 };
    const run = JSON.parse(before);
    await writeFile(path, JSON.stringify({ ...run, summary: { ...run.summary, personal } }));
    const clients = [0.5, 0.6, 0.8, 0.9].map((global, client) => ({
      ...{ client, trained: 8, heldOut: 10, global, personal: global + (client < 2 ? 0.2 : 0) },
    }));
    const settings = { epochs: 3, learningRate: 0.002 };
    await writeFile(join(own, 'personal.json'), JSON.stringify({ settings, clients }));
    const html = await readFile(await writeRunReport(own), 'utf8');
    expect(html).toContain('gives a client 10.00 points on average: 80.0 % in place of 70.0 %');
    expect(html).toContain('50 % of the clients gain, 0 % lose');
    expect(html).toContain("after 3 epochs on the client's training samples at a rate of 0.002.");
    expect(html).toContain('<td>personal</td><td>80.0</td><td>60.0</td><td>80.0</td>');
    const svg = await readFile(join(own, 'plots', 'personal-clients.svg'), 'utf8');
    // The last group of dots: two marks above the line, two on it.
    const [marks] = svg.match(/<g[^>]*aria-label="dot"[\s\S]*?<\/g>/) ?? [''];
    expect(marks.match(/<path/g)).toHaveLength(4);
    expect(html).not.toContain('NaN');

    const out = join(folder, 'compared');
    const { page, text } = await compareFolders([other, own], { out, title: 'Heads' });
    const compared = await readFile(page, 'utf8');
    expect(compared).toContain('A personal head gives most with');
    expect(compared).toContain('<td>70.00</td><td>80.00</td><td>50</td><td>0</td>');
    expect(compared).toContain('<td>–</td><td>–</td><td>–</td><td>–</td>');
    expect(text).toContain('personal head');
    const csv = await readFile(join(out, 'runs.csv'), 'utf8');
    expect(csv).toMatch(/,globalOnOwnSamples,personalOnOwnSamples\r\n/);
    expect(csv).toMatch(/,0\.7,0\.8\r\n/);
    await writeFile(path, before);
    // What lies there from another run is not shown.
    expect(await readFile(await writeRunReport(own), 'utf8')).not.toContain('head of one’s own');
  });

  it('refuses what is no run, and a damaged one, with the remedy', async () => {
    await expect(readRun(folder)).rejects.toThrow(/run\.json: cannot be read; name a folder/);
    await writeFile(join(folder, 'run.json'), '{"summary": 3}');
    await expect(readRun(folder)).rejects.toThrow(
      /run\.json: field "summary": .*; play the run again with this version/,
    );
    await expect(compareFolders([], { out: folder, title: '' })).rejects.toThrow(/no finished run/);
  });
});

/** Runs with nothing but what groups are made of. */
function runsOf(...all: [settings: RunData['settings'], seed: number, accuracy: number][]) {
  return all.map(([settings, seed, finalAccuracy]) => ({
    settings: { ...settings, seed: String(seed) },
    summary: { seed, finalAccuracy, rule: 'sign-vote', dataset: 'mnist' },
  })) as unknown as RunData[];
}

describe('groups of runs', () => {
  it('are told apart by what differs, the seed aside', () => {
    const groups = groupRuns(
      runsOf(
        [{ rule: 'sign-vote', clients: '10', batch: '50' }, 2, 0.9],
        [{ rule: 'sign-vote', clients: '10', batch: '50' }, 1, 0.8],
        [{ rule: 'sign-vote', clients: '20', batch: '50', attack: 'sign-flip:0.2' }, 1, 0.7],
      ),
    );
    expect(groups.map(({ name }) => name)).toEqual(['clients 10', 'clients 20, sign-flip:0.2']);
    expect(groups[0].runs.map(({ summary }) => summary.seed)).toEqual([1, 2]);
    expect(groups[0].varied).toEqual({ clients: '10', attack: '–' });
  });

  it('say of what is not there which it is', () => {
    const runs = runsOf([{ attack: 'none' }, 1, 0.9], [{ attack: 'boost:0.2' }, 1, 0.8]);
    expect(groupRuns(runs).map(({ name }) => name)).toEqual(['attack none', 'boost:0.2']);
  });

  it('are compared over the seeds that they share', () => {
    const groups = groupRuns(
      runsOf(
        [{ rule: 'a' }, 1, 0.9],
        [{ rule: 'a' }, 2, 0.92],
        [{ rule: 'b' }, 1, 0.89],
        [{ rule: 'b' }, 2, 0.9],
        [{ rule: 'b' }, 3, 0.1],
        [{ rule: 'c' }, 4, 0.5],
      ),
    );
    // Mean 1.5, s = 1/√2, t(0.975, 1) = 12.706: 1.5 ± 6.35.
    expect(differencesTable(groups).rows).toEqual([
      ['b', '1.50', '−4.85 to 7.85: not certain', '2'],
      ['c', '–', 'no shared seed', '0'],
    ]);
  });
});
