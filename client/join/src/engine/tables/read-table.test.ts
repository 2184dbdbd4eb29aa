import { describe, expect, it } from 'vitest';
import { readTable } from './read-table.js';

const task = {
  columns: [
    { name: 'age', categories: undefined },
    { name: 'city', categories: ['Oslo', 'Rio'] },
  ],
  labels: ['no', 'yes'],
};
const read = (text: string) => readTable(new TextEncoder().encode(text), 'people.csv', task);

describe('a CSV file of a participant', () => {
  it('gives the columns that the extractor takes, in its order, and the labels', () => {
    const { table, labels, labelColumn } = read(
      '\ufeffid,city,age,likes\n1,"Rio",30,yes\n2,Oslo,4e1,no\n',
    );
    expect(table.columns).toEqual([
      { name: 'age', values: ['30', '4e1'] },
      { name: 'city', values: ['Rio', 'Oslo'] },
    ]);
    expect({ labels, labelColumn }).toEqual({ labels: [1, 0], labelColumn: 'likes' });
    expect([...table.lines]).toEqual([2, 3]);
  });

  it('never takes a feature for the label, and of several columns the last', () => {
    const { labelColumn } = read('age,city,a,b\nyes,no,no,yes\nno,yes,yes,no\n');
    expect(labelColumn).toBe('b');
  });

  it.each([
    ['age,city\n1,Oslo\n', /no column holds the labels of this federation \(no, yes\); add one/],
    [
      'age,likes\n1,yes\n',
      /has no column "city"; this federation learns from the columns age, city/,
    ],
    [
      'age,city,likes\n1,Rio,yes\n2,Rio,no\n3,Rio,maybe\n',
      /line 4: "maybe" in column "likes" is not a label/,
    ],
    ['age,city,likes\n1,Rio\n', /people\.csv: .*[Ll]ine 2/],
    ['', /holds no row/],
  ])('is refused by name: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
