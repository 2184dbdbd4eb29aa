import { describe, expect, it } from 'vitest';
import { parseFederationAddress } from './address.js';

describe('parseFederationAddress', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080', undefined],
    ['http://localhost:8080/', 'http://localhost:8080', undefined],
    ['http://localhost:8080/mnist', 'http://localhost:8080', 'mnist'],
    ['https://example.org/mnist-2/', 'https://example.org', 'mnist-2'],
    ['https://example.org:443/mnist?from=qr#top', 'https://example.org', 'mnist'],
  ])('reads %s', (text, base, task) => {
    expect(parseFederationAddress(text)).toEqual({ base, task });
  });

  it.each([
    'http://host/mnist#code=7KQ2-M9XD-4T0V-H8RB',
    'http://host/mnist?code=7KQ2-M9XD-4T0V-H8RB',
    'http://host/mnist?code=other#code=7KQ2-M9XD-4T0V-H8RB',
  ])('reads the join code of %s', (text) => {
    expect(parseFederationAddress(text)).toEqual({
      ...{ base: 'http://host', task: 'mnist', code: '7KQ2-M9XD-4T0V-H8RB' },
    });
  });

  it.each([
    ['localhost:8080', 'starts with "localhost:"'],
    ['8080', 'not a URL'],
    ['', 'not a URL'],
    ['ftp://example.org/mnist', 'starts with "ftp:"'],
    ['http://example.org/a/b', '"a/b" is not the name of a task'],
    ['http://example.org/Mnist', '"Mnist" is not the name of a task'],
  ])('refuses %j and shows a valid address', (text, what) => {
    const parsing = () => parseFederationAddress(text);
    expect(parsing).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(parsing).toThrow(what);
    expect(parsing).toThrow('http://localhost:8080/mnist');
  });

  it('says what it refuses on one line that is not too long', () => {
    for (const text of ['http://a b\nhttp://c', `http://${' '.repeat(5000)}`, 'ftp://a/\r\nb']) {
      expect(() => parseFederationAddress(text)).toThrow(/^url [^\r\n]{1,300}$/);
    }
  });
});
