/** Where a request comes from: through proxies that the operator trusts, and no others. */
import type { IncomingMessage } from 'node:http';
import { FederationError } from '@fedhybnn/shared';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

/** Whether the machine at an address may say for whom it speaks. */
export type TrustedProxies = (address: string, hop: number) => boolean;

/**
 * @param proxies addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`
 * @throws FederationError `bad-request` naming the first that is none
 */
export function trustedProxies(proxies: readonly string[]): TrustedProxies {
  for (const proxy of proxies) {
    try {
      proxyAddr.compile(proxy);
    } catch (cause) {
      throw new FederationError(
        'bad-request',
        `--trust-proxy ${proxy}: must be an address, a network such as 10.0.0.0/8, or loopback, linklocal or uniquelocal`,
        { cause },
      );
    }
  }
  return proxyAddr.compile([...proxies]);
}

/** The address of whoever asks. */
export function addressOf(request: IncomingMessage, trusted: TrustedProxies): string {
  // A socket that is gone has none.
  if (request.socket.remoteAddress === undefined) return 'unknown';
  return proxyAddr(request, trusted);
}

/**
 * Who is counted together: an IPv4 address, or the /64 network that one IPv6 customer has for
 * itself (RFC 6177).
 */
export function limitKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const groups = parsed.toByteArray().slice(0, 8);
  return `${Buffer.from(groups).toString('hex')}/64`;
}
