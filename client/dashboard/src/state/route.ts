/** Where in the dashboard the reader is. */
import { signal } from '@preact/signals';
import { hrefOf, parseRoute, type Route } from './address.js';

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

export function go(to: Route): void {
  location.hash = hrefOf(to);
}
