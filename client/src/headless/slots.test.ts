import { describe, expect, it } from 'vitest';
import { parseDataSpec } from '../datasets/index.js';
import { planSlots } from './slots.js';

const plan = (spec: string, count: number, name?: string) =>
  planSlots(parseDataSpec(spec), count, name);

describe('planSlots', () => {
  it('gives each client a shard of its own, beginning anew after the last', () => {
    const shards = plan('mnist:9/10', 4).map(({ data }) => data.shard);
    expect(shards).toEqual([9, 10, 1, 2]);
  });

  it('names state files by shard, so that a restart finds them', () => {
    expect(plan('mnist:2/3', 2).map(({ key }) => key)).toEqual(['mnist-2of3', 'mnist-3of3']);
    expect(plan('mnist@test', 1)[0].key).toBe('mnist-1of1-test');
    expect(plan('mnist:1/3', 3).every(({ client }) => client === undefined)).toBe(true);
  });

  it('tells several clients of one name apart by their shards', () => {
    expect(plan('mnist:3/10', 1, 'lab').map(({ client }) => client)).toEqual(['lab']);
    const several = plan('mnist:3/10', 2, 'lab');
    expect(several.map(({ client }) => client)).toEqual(['lab-3', 'lab-4']);
    expect(several.map(({ key }) => key)).toEqual(['lab-3', 'lab-4']);
  });

  it('refuses more clients than shards, and shows what to write', () => {
    expect(() => plan('mnist', 3)).toThrow('write --data mnist:1/3');
    expect(() => plan('mnist:2/10', 11)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it.each(['', '-x', 'a/b', '../x', 'a'.repeat(52)])('refuses the name %j', (name) => {
    expect(() => plan('mnist:1/10', 1, name)).toThrow('--name');
  });
});
