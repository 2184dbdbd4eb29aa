/** Places in the dashboard and their addresses, behind the `#`. Pure. */
export const TABS = ['overview', 'rounds', 'participants', 'invite', 'task'] as const;
export type Tab = (typeof TABS)[number];

export type Route =
  | { readonly view: 'list' }
  | { readonly view: 'create' }
  | { readonly view: 'coordinator' }
  | { readonly view: 'federation'; readonly id: string; readonly tab: Tab };

/** Unknown addresses lead to the list. */
export function parseRoute(hash: string): Route {
  const [view, id, tab] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (view === 'create' || view === 'coordinator') return { view };
  if (view !== 'federations' || !id) return { view: 'list' };
  return { view: 'federation', id, tab: TABS.find((known) => known === tab) ?? 'overview' };
}

export function hrefOf(to: Route): string {
  if (to.view === 'list') return '#/';
  if (to.view !== 'federation') return `#/${to.view}`;
  const base = `#/federations/${encodeURIComponent(to.id)}`;
  return to.tab === 'overview' ? base : `${base}/${to.tab}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
