import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressOf, limitKey, trustedProxies } from './address.js';

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a request', () => {
  it('is what the socket says, whatever a stranger writes into its headers', () => {
    const nobody = trustedProxies([]);
    expect(addressOf(request('192.0.2.7', '10.0.0.1'), nobody)).toBe('192.0.2.7');
    expect(addressOf(request('127.0.0.1', '10.0.0.1'), nobody)).toBe('127.0.0.1');
    expect(addressOf(request(undefined), nobody)).toBe('unknown');
  });

  it('is what a trusted proxy says, as far as proxies are trusted', () => {
    const trusted = trustedProxies(['loopback', '10.0.0.0/8']);
    expect(addressOf(request('127.0.0.1', '192.0.2.7'), trusted)).toBe('192.0.2.7');
    expect(addressOf(request('127.0.0.1', '192.0.2.7, 10.1.2.3'), trusted)).toBe('192.0.2.7');
    // What stands before the first stranger is only what the stranger claims.
    expect(addressOf(request('127.0.0.1', '1.1.1.1, 192.0.2.7'), trusted)).toBe('192.0.2.7');
    expect(addressOf(request('192.0.2.9', '192.0.2.7'), trusted)).toBe('192.0.2.9');
  });

  it('takes proxies by address, network or name only', () => {
    expect(() => trustedProxies(['loopback', 'my-proxy'])).toThrow(
      expect.objectContaining({
        code: 'bad-request',
        message: expect.stringMatching(/^--trust-proxy my-proxy: /),
      }),
    );
  });
});

describe('who is counted together', () => {
  it('is one IPv4 address, however it is written', () => {
    expect(limitKey('192.0.2.7')).toBe('192.0.2.7');
    expect(limitKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(limitKey('192.0.2.8')).not.toBe(limitKey('192.0.2.7'));
  });

  it('is an IPv6 network of 64 bits: nobody gets a new count by a new address in it', () => {
    expect(limitKey('2001:db8:1:2::1')).toBe(limitKey('2001:0db8:0001:0002:ffff::7'));
    expect(limitKey('2001:db8:1:3::1')).not.toBe(limitKey('2001:db8:1:2::1'));
  });

  it('is everybody without an address', () => {
    expect(limitKey('unknown')).toBe('unknown');
  });
});
