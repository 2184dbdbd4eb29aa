import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VersionedMap } from './versioned-map.js';
import { VersionedSet } from './versioned-set.js';

const key = fc.constantFrom('a', 'b', 'c', 'd');
/** From a version, by its index, to a new one. */
const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom('with', 'without'), key, fc.nat(3)), {
  maxLength: 60,
});
const sorted = <T>(entries: Iterable<[string, T]>) =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

describe('VersionedMap', () => {
  it('is in every version what a copy would be, whatever version is changed or asked', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(), { maxLength: 20 }), (changes, questions) => {
        const versions = [VersionedMap.of<number>([['a', 0]])];
        const copies = [new Map([['a', 0]])];
        for (const [from, change, id, value] of changes) {
          const at = from % versions.length;
          const copy = new Map(copies[at]);
          if (change === 'with') copy.set(id, value);
          else copy.delete(id);
          copies.push(copy);
          versions.push(
            change === 'with' ? versions[at].with(id, value) : versions[at].without(id),
          );
        }
        for (const question of [...questions, ...versions.keys()]) {
          const version = versions[question % versions.length];
          const copy = copies[question % versions.length];
          expect(version.size).toBe(copy.size);
          expect(sorted(version)).toEqual(sorted(copy));
          for (const id of 'abcd') {
            expect(version.has(id)).toBe(copy.has(id));
            expect(version.get(id)).toBe(copy.get(id));
          }
        }
      }),
    );
  });

  it('may be walked while other versions are asked', () => {
    const old = VersionedMap.of([
      ['a', 1],
      ['b', 2],
    ]);
    const next = old.without('a').with('c', 3);
    const seen: string[] = [];
    for (const [id] of old) if (next.has(id) || old.has(id)) seen.push(id);
    expect(seen.sort()).toEqual(['a', 'b']);
    expect([...next.keys()].sort()).toEqual(['b', 'c']);
  });

  it('turns back over any distance', () => {
    const first = VersionedMap.of<number>([]);
    let last = first;
    for (let i = 0; i < 50_000; i++) last = last.with(`${i}`, i);
    expect([first.size, first.has('7')]).toEqual([0, false]);
    expect([last.size, last.get('7')]).toEqual([50_000, 7]);
  });
});

describe('VersionedSet', () => {
  it('changes by new versions, and is itself where nothing changes', () => {
    const set = VersionedSet.of(['a', 'b']);
    const more = set.with('c');
    expect(set.with('a')).toBe(set);
    expect(set.without('c')).toBe(set);
    expect([...more.without('a')].sort()).toEqual(['b', 'c']);
    expect([set.size, more.size, set.has('c'), more.has('c')]).toEqual([2, 3, false, true]);
  });
});
