import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeExtractorFile,
  type ExtractorFile,
  encodeExtractorFile,
  loadExtractor,
  type QuantilesHeader,
  type Table,
} from './index.js';

const header: QuantilesHeader = {
  kind: 'quantiles',
  name: 'people',
  bits: 5,
  columns: [
    { kind: 'numeric', name: 'age', thresholds: 3 },
    { kind: 'category', name: 'city', categories: ['Oslo', 'Rio'] },
    { kind: 'numeric', name: 'constant', thresholds: 0 },
  ],
  trainedOn: 'nobody',
  command: 'by hand',
};
const thresholds = Float64Array.from([-1.5, 0.1, 1e30]);

function people(rows: readonly (readonly [age: string, city: string])[]): Table {
  return {
    source: 'people.csv',
    count: rows.length,
    lines: Uint32Array.from(rows, (_, i) => i + 2),
    // Columns are found by name: their order does not matter, nor do others.
    columns: [
      { name: 'city', values: rows.map(([, city]) => city) },
      { name: 'other', values: rows.map(() => 'x') },
      { name: 'constant', values: rows.map(() => '1') },
      { name: 'age', values: rows.map(([age]) => age) },
    ],
  };
}

async function bitsOf(table: Table): Promise<string[]> {
  const extractor = await loadExtractor(encodeExtractorFile({ header, thresholds }));
  const bits = await extractor.extract(table);
  return Array.from({ length: bits.rows }, (_, row) =>
    Array.from({ length: bits.cols }, (_, bit) => Number(bits.get(row, bit))).join(''),
  );
}

describe('the quantiles extractor', () => {
  it('sets a bit for each threshold that a number reaches, and the one of its category', async () => {
    const rows = [
      ['-2', 'Oslo'],
      ['-1.5', 'Rio'],
      ['0.1', 'Oslo'],
      ['1e30', 'Rio'],
      ['+.2E1', 'Rio'],
    ] as const;
    expect(await bitsOf(people(rows))).toEqual(['00010', '10001', '11010', '11101', '11001']);
  });

  it('sets no bit for what is missing or was not in the sample', async () => {
    const rows = [
      ['', 'Paris'],
      ['NA', ''],
      ['?', 'oslo'],
    ] as const;
    expect(await bitsOf(people(rows))).toEqual(['00000', '00000', '00000']);
  });

  it('codes numbers as a thermometer: sorted by value, sorted by number of bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
        async (ages) => {
          const ascending = ages.sort((a, b) => a - b);
          const bits = await bitsOf(people(ascending.map((age) => [String(age), ''])));
          bits.forEach((text, i) => {
            const reached = thresholds.filter((t) => ascending[i] >= t).length;
            expect(text.slice(0, 3)).toBe('1'.repeat(reached).padEnd(3, '0'));
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ['text', /people\.csv: line 3: column "age" is "text", but the extractor takes numbers/],
    ['0x10', /"0x10"/],
    ['1e999', /"1e999"/],
    ['Infinity', /"Infinity"/],
  ])('refuses %s for a number by line', async (age, message) => {
    const table = people([
      ['1', 'Rio'],
      [age, 'Rio'],
    ]);
    await expect(bitsOf(table)).rejects.toThrow(message);
  });

  it('refuses a table without one of its columns, and images', async () => {
    const table = people([['1', 'Rio']]);
    const columns = table.columns.filter(({ name }) => name !== 'age');
    await expect(bitsOf({ ...table, columns })).rejects.toThrow(/has no column "age"/);
    const extractor = await loadExtractor(encodeExtractorFile({ header, thresholds }));
    const images = { count: 1, width: 1, height: 1, channels: 1, pixels: new Uint8Array(1) };
    await expect(extractor.extract(images)).rejects.toThrow(/takes a table/);
  });
});

describe('a quantiles file', () => {
  it('comes back as it was', () => {
    const bytes = encodeExtractorFile({ header, thresholds });
    expect(decodeExtractorFile(bytes)).toEqual({ header, thresholds });
  });

  it('holds the thresholds as f64 before its checksum', () => {
    const bytes = encodeExtractorFile({ header, thresholds });
    const view = new DataView(bytes.buffer, bytes.length - 4 - 24);
    expect([0, 8, 16].map((at) => view.getFloat64(at, true))).toEqual([...thresholds]);
  });

  it.each<[string, Partial<QuantilesHeader>, readonly number[], RegExp]>([
    ['with other bits', { bits: 6 }, [1, 2, 3], /"bits" is 6, but the columns make 5/],
    ['with thresholds that fall', {}, [1, 3, 2], /thresholds of "age" do not ascend/],
    ['with equal thresholds', {}, [1, 2, 2], /do not ascend/],
    ['with a threshold that is no number', {}, [1, Number.NaN, 2], /"age" is not finite/],
    ['with too few thresholds', {}, [1, 2], /2 thresholds, but the columns declare 3/],
    [
      'with a column twice',
      { bits: 3, columns: [header.columns[0], { ...header.columns[0], thresholds: 0 } as never] },
      [1, 2, 3],
      /"columns" has a name twice/,
    ],
    [
      'with a category twice',
      { bits: 2, columns: [{ kind: 'category', name: 'c', categories: ['a', 'a'] }] },
      [],
      /"c" has a category twice/,
    ],
  ])('%s is not written', (_, change, values, message) => {
    const file: ExtractorFile = {
      header: { ...header, ...change },
      thresholds: Float64Array.from(values),
    };
    expect(() => encodeExtractorFile(file)).toThrow(message);
    expect(() => encodeExtractorFile(file)).toThrow(
      expect.objectContaining({ code: 'file-corrupt' }),
    );
  });

  it('cut anywhere is refused', () => {
    const bytes = encodeExtractorFile({ header, thresholds });
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeExtractorFile(bytes.subarray(0, length))).toThrow(/extractor file: /);
    }
  });
});
