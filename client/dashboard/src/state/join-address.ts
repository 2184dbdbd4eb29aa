/** The address under which phones reach the coordinator: not always that of this page. */
import { signal } from '@preact/signals';

const LOCAL = /^(localhost|127\.|\[::1\])/;

/** As the operator has typed it, or undefined. */
export const typedAddress = signal<string | undefined>(undefined);

/** @param network addresses of the coordinator's machine */
export function suggestedAddress(network: readonly string[], page: URL): string {
  if (!LOCAL.test(page.hostname)) return page.origin;
  const [outside] = network;
  if (outside === undefined) return page.origin;
  return `${page.protocol}//${outside}${page.port === '' ? '' : `:${page.port}`}`;
}

/** What stands behind the address: `/mnist`, `/mnist#code=…`. Undefined where there is no address. */
export function joinLink(address: string, path: string): string | undefined {
  return URL.canParse(address) ? new URL(path, address).href : undefined;
}
