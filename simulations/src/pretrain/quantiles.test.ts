import { decodeExtractorFile, type Table } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { pretrainQuantiles } from './index.js';

function tableOf(columns: Record<string, readonly string[]>): Table {
  const [first] = Object.values(columns);
  return {
    source: 'sample.csv',
    count: first.length,
    lines: Uint32Array.from(first, (_, i) => i + 2),
    columns: Object.entries(columns).map(([name, values]) => ({ name, values })),
  };
}

function fit(table: Table, thresholds: number, categorical?: readonly string[]) {
  const about = { name: 'fitted', trainedOn: 'a test', command: 'a test' };
  const { file, statistics } = pretrainQuantiles({ table, thresholds, categorical, ...about });
  const decoded = decodeExtractorFile(file);
  if (!('thresholds' in decoded)) throw new Error('another kind');
  return { columns: decoded.header.columns, thresholds: [...decoded.thresholds], statistics };
}

describe('fitting quantiles', () => {
  it('puts the thresholds where they cut the sample into equal parts', () => {
    // 100 … 1 in a row: the quartiles begin at the 26th, 51st and 76th smallest.
    const values = Array.from({ length: 100 }, (_, i) => String(100 - i));
    const { columns, thresholds } = fit(tableOf({ x: values }), 3);
    expect(columns).toEqual([{ kind: 'numeric', name: 'x', thresholds: 3 }]);
    expect(thresholds).toEqual([26, 51, 76]);
  });

  it('makes one of equal thresholds, and none of the smallest value', () => {
    const { thresholds } = fit(tableOf({ x: ['0', '0', '0', '0', '5', '5', '5', '9'] }), 7);
    expect(thresholds).toEqual([5, 9]);
    const { columns } = fit(tableOf({ x: ['1', '2'], same: ['7', '7'] }), 4);
    expect(columns[1]).toEqual({ kind: 'numeric', name: 'same', thresholds: 0 });
  });

  it('does not count what is missing', () => {
    const { columns, thresholds } = fit(tableOf({ x: ['', '1', 'NA', '2', '?', '3'] }), 2);
    expect(columns[0].kind).toBe('numeric');
    expect(thresholds).toEqual([2, 3]);
  });

  it('takes other text as categories, and numbers where told to', () => {
    const table = tableOf({ city: ['Rio', 'Oslo', '', 'Rio'], code: ['2', '1', '1', '10'] });
    const { columns, statistics } = fit(table, 4, ['code']);
    expect(columns).toEqual([
      { kind: 'category', name: 'city', categories: ['Oslo', 'Rio'] },
      { kind: 'category', name: 'code', categories: ['1', '10', '2'] },
    ]);
    expect(statistics).toEqual({ numericColumns: 0, categoryColumns: 2 });
  });

  it('refuses a column of free text, a wrong name, and a table that does not vary', () => {
    const names = Array.from({ length: 300 }, (_, i) => `name ${i}`);
    expect(() => fit(tableOf({ names }), 4)).toThrow(
      /sample\.csv: column "names" has 300 different values .*--ignore/,
    );
    expect(() => fit(tableOf({ x: ['1', '2'] }), 4, ['y'])).toThrow(/--categorical y: there is no/);
    expect(() => fit(tableOf({ x: ['1', '1'] }), 4)).toThrow(/no column varies/);
  });
});
