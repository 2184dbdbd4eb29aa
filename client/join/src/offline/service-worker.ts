/**
 * Keeps the page on the device, so that it opens without a network. The build writes the list of files
 * and a version, their hash, into this file: a new build is a new worker.
 *
 * Pages come from the network first: whoever has one sees the newest version. Files whose names change
 * with their contents come from the cache. Nothing else is touched: models and tasks are kept by the
 * page itself, and updates are never cached.
 */

/** Replaced by the build. */
declare const PAGE_FILES: readonly string[];
declare const PAGE_VERSION: string;

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: WorkerEvent & MessageEvent) => void): void;
}

const worker = globalThis as unknown as WorkerScope;
const PREFIX = 'fedhybnn-page-';
const CACHE = `${PREFIX}${PAGE_VERSION}`;
const INDEX = '/join/';
/** `/<task>`, `/join`, `/join/<task>`: where the coordinator serves the page; not its other pages. */
const PAGE =
  /^\/(?!(dashboard|healthz|readyz|metrics)$)(join\/?|(join\/)?[a-z0-9][a-z0-9-]{0,62})$/;
/** How long the network may take before the page that is kept is shown. Milliseconds. */
const PATIENCE_MS = 4_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([INDEX, ...PAGE_FILES])));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => worker.clients.claim()));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    if (PAGE.test(pathname)) event.respondWith(openPage(request));
  } else if (pathname.startsWith('/join/')) {
    event.respondWith(openFile(request));
  }
});

/**
 * The newest page; where the network or the coordinator fails, the one that is kept. An answer of
 * another kind, such as another page of the coordinator's at this address, passes as it is.
 */
async function openPage(request: Request): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(INDEX, { ignoreVary: true });
  const fetched = fetch(request);
  if (kept === undefined) return fetched;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  const answer = await Promise.race([fetched, late]).catch(() => kept);
  return answer.status >= 500 ? kept : answer;
}

/** A file of this version, or of the one before, for pages that are still open; else the network's. */
async function openFile(request: Request): Promise<Response> {
  // The coordinator answers all its own pages alike, whatever `Vary: Origin` says.
  return (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

/** All but this version's and the latest before it. */
async function dropOldCaches(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of names.slice(0, -1)) await caches.delete(name);
}
