import { describe, expect, it } from 'vitest';
import { parseDataSpec } from './index.js';

describe('a data specification', () => {
  it.each([
    ['mnist', { dataset: 'mnist', split: 'train', shard: 1, shards: 1 }],
    ['mnist@test', { dataset: 'mnist', split: 'test', shard: 1, shards: 1 }],
    ['mnist:3/10', { dataset: 'mnist', split: 'train', shard: 3, shards: 10 }],
    ['fashion-mnist:2/5', { dataset: 'fashion-mnist', split: 'train', shard: 2, shards: 5 }],
    ['cifar-10@test', { dataset: 'cifar-10', split: 'test', shard: 1, shards: 1 }],
    ['mnist:10/10@train', { dataset: 'mnist', split: 'train', shard: 10, shards: 10 }],
  ])('%s is understood', (text, spec) => {
    expect(parseDataSpec(text)).toEqual(spec);
  });

  it.each([
    ['', /form/],
    ['mnist:3', /form/],
    ['mnist:3/', /form/],
    ['mnist:-1/10', /form/],
    ['mnist:1.5/10', /form/],
    ['mnist:1/10@', /form/],
    ['mnist 1/10', /form/],
    ['mnist:0/10', /shard 0 is outside 1…10/],
    ['mnist:11/10', /shard 11 is outside 1…10/],
    ['mnist:1/0', /shard 1 is outside 1…0/],
    ['cifar:1/10', /"cifar" is not known/],
    ['mnist@validation', /"validation" is neither/],
  ])('"%s" is refused with an example', (text, message) => {
    const parse = () => parseDataSpec(text);
    expect(parse).toThrow(message);
    expect(parse).toThrow(`data "${text}": `);
    expect(parse).toThrow(/write for example mnist:3\/10/);
    expect(parse).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});
