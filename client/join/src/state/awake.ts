/** Keeps the screen on while training: a phone that sleeps trains nothing. */
import { signal } from '@preact/signals';

/** The browser holds the screen on. */
export const awake = signal(false);

let wanted = false;
let lock: WakeLockSentinel | undefined;

/** Asks for the screen to stay on, or lets it go. Browsers without the interface just sleep. */
export function keepAwake(on: boolean): void {
  wanted = on;
  if (on) void request();
  else void lock?.release().catch(() => {});
}

/** The browser lets go when the page is hidden: ask again when it is seen. */
export function awakeAgain(): void {
  if (wanted) void request();
}

async function request(): Promise<void> {
  if (!('wakeLock' in navigator) || lock !== undefined) return;
  try {
    lock = await navigator.wakeLock.request('screen');
    awake.value = true;
    lock.addEventListener('release', () => {
      lock = undefined;
      awake.value = false;
    });
    if (!wanted) await lock.release();
  } catch {
    // Refused, such as on a low battery.
  }
}
