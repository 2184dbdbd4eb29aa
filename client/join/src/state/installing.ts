/** The page as an app: its service worker, its next version, its place on the home screen. */
import { signal } from '@preact/signals';
import { newVersion, running } from './store.js';

/** Not in TypeScript's libraries: what Chromium sends before it would offer to install. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** The browser would install this page now. */
export const installable = signal<InstallPrompt | undefined>(undefined);

export async function install(): Promise<void> {
  await installable.value?.prompt();
  installable.value = undefined;
}

/**
 * Starts the service worker once the first view is there: what it stores must not delay that.
 * @param shown resolves then
 */
export function keepPage(shown: Promise<void>): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installable.value = event as InstallPrompt;
  });
  // Only HTTPS and localhost have one.
  if (!navigator.serviceWorker || import.meta.env.DEV) return;
  void shown.then(registerWorker).catch(() => undefined);
}

async function registerWorker(): Promise<void> {
  const file = `${import.meta.env.BASE_URL}service-worker.js`;
  const registration = await navigator.serviceWorker.register(file, { scope: '/' });
  // This page has just come from the network: it needs nothing of an older worker.
  if (registration.waiting && !running.value) registration.waiting.postMessage('take-over');
  registration.addEventListener('updatefound', () => {
    const next = registration.installing;
    next?.addEventListener('statechange', () => {
      if (next.state === 'installed' && navigator.serviceWorker.controller) newVersion.value = true;
    });
  });
}

/** Loads the newer version. Training goes on by itself afterwards, as after any reload. */
export async function loadNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  registration?.waiting?.postMessage('take-over');
  location.reload();
}
