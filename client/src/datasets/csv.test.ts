import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CsvOptions, loadCsv, loadYeast, splitDataset, type TableDataset } from './index.js';

const PEOPLE = 'id,age,city,"likes, or not"\n1,30,"Rio, RJ",yes\n2,4e1,Oslo,no\n3,,Oslo,yes\n';

describe('a CSV file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-csv-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function load(
    text: string | Uint8Array,
    options: Partial<CsvOptions> & Pick<CsvOptions, 'labels'>,
  ): Promise<TableDataset> {
    const file = join(folder, 'My people.csv');
    await writeFile(file, text);
    return loadCsv({ file, ...options });
  }

  it('gives features, labels and lines', async () => {
    const read = await load(PEOPLE, { labels: ['likes, or not'], ignored: ['id'] });
    expect(read).toMatchObject({ name: 'my-people', classes: ['no', 'yes'] });
    expect('labels' in read && [...read.labels]).toEqual([1, 0, 1]);
    expect(read.table.count).toBe(3);
    expect(read.table.columns).toEqual([
      { name: 'age', values: ['30', '4e1', ''] },
      { name: 'city', values: ['Rio, RJ', 'Oslo', 'Oslo'] },
    ]);
    expect([...read.table.lines]).toEqual([2, 3, 4]);
  });

  it('says whose its samples are by a column that is no feature', async () => {
    const text = 'who,x,class\nzoe,1,a\nada,2,b\nzoe,3,b\n';
    const read = await load(text, { labels: ['class'], owner: 'who' });
    expect([...(read.owners ?? [])]).toEqual([1, 0, 1]);
    expect(read.table.columns.map(({ name }) => name)).toEqual(['x']);
    const train = splitDataset(read, 'train', 1);
    const test = splitDataset(read, 'test', 1);
    expect([...(train.owners ?? []), ...(test.owners ?? [])].sort()).toEqual([0, 1, 1]);
    expect((await load(text, { labels: ['class'] })).owners).toBeUndefined();
    await expect(load(text, { labels: ['class'], owner: 'whom' })).rejects.toThrow(
      /--natural-column whom/,
    );
  });

  it('may have the line ends of Windows, and empty lines', async () => {
    const read = await load('x,class\r\n1,a\r\n\r\n2,b\r\n', { labels: ['class'] });
    expect(read.classes).toEqual(['a', 'b']);
    expect([...read.table.lines]).toEqual([2, 4]);
  });

  it('may name its columns by number, be packed, and begin with a byte order mark', async () => {
    const packed = gzipSync(`\ufeff${PEOPLE}`);
    const read = await load(packed, { labels: ['3'], ignored: ['1', '4'] });
    expect(read.classes).toEqual(['Oslo', 'Rio, RJ']);
    expect(read.table.columns.map(({ name }) => name)).toEqual(['age']);
  });

  it('has classes in the order of numbers where they are numbers', async () => {
    const read = await load('x,class\n1,10\n2,9\n3,-1\n', { labels: ['class'] });
    expect(read.classes).toEqual(['-1', '9', '10']);
  });

  it('with several label columns is multi-label', async () => {
    const text = 'a,b,x\nTRUE,0,5\nfalse,1,6\n0,0,7\n';
    const read = await load(text, { labels: ['a', 'b'] });
    expect(read.classes).toEqual(['a', 'b']);
    expect('targets' in read).toBe(true);
    if (!('targets' in read)) return;
    const bits = [0, 1, 2].map((row) => [read.targets.get(row, 0), read.targets.get(row, 1)]);
    expect(bits).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it('has another identity for other values and other columns', async () => {
    const { sha256 } = await load(PEOPLE, { labels: ['4'] });
    expect((await load(PEOPLE, { labels: ['likes, or not'] })).sha256).toBe(sha256);
    expect((await load(PEOPLE, { labels: ['3'] })).sha256).not.toBe(sha256);
    expect((await load(PEOPLE.replace('30', '31'), { labels: ['4'] })).sha256).not.toBe(sha256);
  });

  it.each([
    ['a short line', 'a,b\n1,2\n3\n', ['b'], /on line 3; correct the file/],
    ['an open quote', 'a,b\n1,"2\n', ['b'], /quote at line 2/],
    ['no row', 'a,b\n', ['b'], /holds no row/],
    ['nothing', '', ['b'], /holds no row/],
    ['a name twice', 'a,a\n1,2\n', ['a'], /line 1: two columns are named "a"/],
    ['a column without a name', 'a,\n1,2\n', ['a'], /line 1: column 2 has no name/],
    ['an empty label', 'a,b\n1,2\n3,\n', ['b'], /line 3: label column "b" is empty/],
    ['a truth that is none', 'a,b,c\n1,0,3\n1,2,3\n', ['a', 'b'], /line 3: column "b" is "2"/],
  ])('with %s is refused by file and line', async (_, text, labels, message) => {
    await expect(load(text, { labels })).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(message),
    });
    await expect(load(text, { labels })).rejects.toThrow(/My people\.csv: /);
  });

  it.each([
    [['d'], [], /--label d: there is no such column; its columns are a, b, c/],
    [['4'], [], /--label 4: there is no such column/],
    [['a'], ['z'], /--ignore z: there is no such column/],
    [['a'], ['b', 'c'], /no column is left for features/],
    [['b'], [], /label column "b" has 1 different values/],
  ])(
    'with labels %j and without %j is refused with its columns',
    async (labels, ignored, message) => {
      const read = load('a,b,c\n1,2,3\n2,2,3\n', { labels, ignored });
      await expect(read).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringMatching(message),
      });
    },
  );

  it('that is not there is missing', async () => {
    const read = loadCsv({ file: join(folder, 'none.csv'), labels: ['a'] });
    await expect(read).rejects.toMatchObject({ code: 'dataset-missing' });
    await expect(loadYeast(folder)).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(/neither yeast\.csv nor yeast\.csv\.gz; write it from/),
    });
  });
});
