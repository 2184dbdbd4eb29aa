import { describe, expect, it } from 'vitest';
import { joinLink, suggestedAddress } from './join-address.js';

const page = (address: string) => new URL(address);

describe('the address for phones', () => {
  it('is that of the page, unless only this machine reaches it', () => {
    expect(suggestedAddress(['192.0.2.7'], page('https://fl.example.org/dashboard'))).toBe(
      'https://fl.example.org',
    );
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(suggestedAddress(['192.0.2.7'], page(`http://${host}:8080/dashboard`))).toBe(
        'http://192.0.2.7:8080',
      );
    }
    expect(suggestedAddress([], page('http://localhost:8080/dashboard'))).toBe(
      'http://localhost:8080',
    );
  });

  it('makes links, and none of what is no address', () => {
    expect(joinLink('https://fl.example.org', '/mnist#code=7KQ2')).toBe(
      'https://fl.example.org/mnist#code=7KQ2',
    );
    for (const wrong of ['', 'fl.example.org', 'https://']) {
      expect(joinLink(wrong, '/mnist')).toBeUndefined();
    }
  });
});
