/** Where others reach a port of this machine. */
import { networkInterfaces } from 'node:os';

/** The address on this machine, and in its network if it has one (IPv4, not internal). */
export function joinAddresses(
  port: number,
  path: string,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): { local: string; network: string | undefined } {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal);
  return {
    local: `http://localhost:${port}/${path}`,
    network: outside === undefined ? undefined : `http://${outside.address}:${port}/${path}`,
  };
}
