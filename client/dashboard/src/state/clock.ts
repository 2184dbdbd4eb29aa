/** Time that passes between two answers, so that what moves in the coordinator moves here, too. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const TICK_MS = 250;

/** Milliseconds of `performance.now()`, a quarter of a second old at most while somebody looks. */
export const clock = signal(performance.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps {@link clock} going while the component is shown and `active`. */
export function useClock(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    if (watchers++ === 0) {
      timer = setInterval(() => {
        if (document.visibilityState === 'visible') clock.value = performance.now();
      }, TICK_MS);
    }
    return () => {
      if (--watchers === 0) clearInterval(timer);
    };
  }, [active]);
}
