import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { originOf, parseOrigins } from './origin.js';

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const allowed = parseOrigins(['https://lab.example.org', 'http://localhost:5173/']);
const from = (origin: string | undefined, more: Record<string, string> = {}, proxy = false) =>
  originOf(
    request({ host: 'fl.example.org', ...(origin !== undefined && { origin }), ...more }),
    allowed,
    proxy,
  );

describe('the origin of a request', () => {
  it('is none for programs, own for pages from here, allowed or foreign for others', () => {
    expect(from(undefined)).toBe('none');
    expect(from('https://fl.example.org')).toBe('own');
    expect(from('https://lab.example.org')).toBe('allowed');
    expect(from('http://localhost:5173')).toBe('allowed');
  });

  it.each([
    'https://evil.example',
    'https://fl.example.org.evil.example',
    'https://fl.example.org:8443',
    'http://lab.example.org',
    'https://lab.example.org.evil.example',
    'null',
    '',
    'fl.example.org',
  ])('is foreign for %j', (origin) => {
    expect(from(origin)).toBe('foreign');
  });

  it('believes a forwarded host from a trusted proxy only', () => {
    const forwarded = { 'x-forwarded-host': 'public.example.org' };
    expect(from('https://public.example.org', forwarded, true)).toBe('own');
    expect(from('https://public.example.org', forwarded, false)).toBe('foreign');
  });

  it.each(['lab.example.org', 'https://lab.example.org/page', 'ftp://lab.example.org', '*'])(
    'is no option: %s',
    (text) => {
      expect(() => parseOrigins([text])).toThrow(expect.objectContaining({ code: 'bad-request' }));
    },
  );
});
