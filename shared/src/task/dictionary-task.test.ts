import { describe, expect, it } from 'vitest';
import { smallTask } from '../dictionary/federation/testing/small-federation.js';
import { parseDictionaryTask } from './dictionary-task.js';
import { taskHash } from './hash.js';

type Settings = Record<string, Record<string, unknown>>;

/** The small task with one member of one part replaced. */
function changed(part: string, member: string, value: unknown): unknown {
  const copy = structuredClone(smallTask) as unknown as Settings;
  copy[part][member] = value;
  return copy;
}

describe('a task of kind dictionary', () => {
  it('is valid as it is, and its hash names every setting', () => {
    expect(parseDictionaryTask(smallTask, 'task')).toEqual(smallTask);
    const hashes = [
      smallTask,
      changed('learning', 'rounds', 7),
      changed('learning', 'clip', 5),
      changed('federation', 'panel', 6),
      changed('dictionary', 'bits', 5),
    ].map((task) => taskHash(parseDictionaryTask(task, 'task')));
    expect(new Set(hashes).size).toBe(5);
  });

  it.each<[string, string, unknown, RegExp]>([
    ['learning', 'sumBits', 31, /field "learning.sumBits" must be at most 30/],
    ['learning', 'patches', 0, /field "learning.patches" must be at least 1/],
    ['learning', 'colour', 1, /unknown field "learning.colour"/],
    ['federation', 'seed', -1, /field "federation.seed"/],
    ['privacy', 'mode', 'masked', /field "privacy.mode"/],
    ['dictionary', 'size', 13, /field "dictionary.size" exceeds the width/],
    ['dictionary', 'grid', { width: 3, height: 2 }, /"dictionary.grid.width" must divide the 10/],
    ['dictionary', 'bits', 17, /"dictionary.bits" is 17, but there are only 16 features/],
    ['federation', 'panel', 1_000_001, /field "federation.panel"/],
  ])('is refused by name where %s.%s is %j', (part, member, value, message) => {
    const parse = () => parseDictionaryTask(changed(part, member, value), 'task');
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it('is refused where patches, features or sums grow beyond what a federation can hold', () => {
    const large = structuredClone(smallTask) as unknown as Settings;
    large.input = { kind: 'image', width: 100, height: 100, channels: 3 };
    large.dictionary = { ...large.dictionary, size: 21, filters: 4096 };
    expect(() => parseDictionaryTask(large, 'task')).toThrow(/patches of 1323 values/);
    large.dictionary = { ...large.dictionary, size: 5, grid: { width: 8, height: 8 } };
    expect(() => parseDictionaryTask(large, 'task')).toThrow(/262144 features/);
    const crowded = structuredClone(smallTask) as unknown as Settings;
    crowded.learning.images = 65_535;
    crowded.federation.panel = 1_000_000;
    expect(() => parseDictionaryTask(crowded, 'task')).toThrow(/"learning.images" times the panel/);
  });
});
