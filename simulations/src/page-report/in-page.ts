/** What is measured within a page; both functions are sent there. */

export interface PageTimes {
  /** When the first action could be seen, by `performance.now()`. Milliseconds, as all below. */
  shown: number | undefined;
  firstPaint: number | undefined;
  largestPaint: number | undefined;
  /** Begin and duration of everything that kept the main thread for more than 50 ms. */
  readonly longTasks: [begin: number, duration: number][];
  /** Longest time from a tap to what it painted. */
  tap: number;
}

declare global {
  var fedhybnnTimes: PageTimes;
}

/** Runs before the page's own scripts. @param first name of the button of the first action */
export function watchTimes(first: string): void {
  const times: PageTimes = {
    ...{ shown: undefined, firstPaint: undefined, largestPaint: undefined },
    ...{ longTasks: [], tap: 0 },
  };
  globalThis.fedhybnnTimes = times;
  const observe = (type: string, each: (entry: PerformanceEntry) => void, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({
      ...{ type, buffered: true },
      ...more,
    });
  observe('longtask', ({ startTime, duration }) => times.longTasks.push([startTime, duration]));
  observe('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') times.firstPaint = startTime;
  });
  observe('largest-contentful-paint', ({ startTime }) => {
    times.largestPaint = startTime;
  });
  observe(
    'event',
    ({ name, duration }) => {
      if (name === 'click') times.tap = Math.max(times.tap, duration);
    },
    { durationThreshold: 16 },
  );
  const look = new MutationObserver(() => {
    const buttons = [...document.querySelectorAll('button')];
    if (!buttons.some(({ textContent }) => textContent === first)) return;
    look.disconnect();
    // Seen in the frame after the next callback.
    requestAnimationFrame(() => {
      times.shown = performance.now();
    });
  });
  look.observe(document, { childList: true, subtree: true });
}

/** Where the page says that its training has ended. */
export function hasEnded(): boolean {
  return document.querySelector('[data-state=ended]') !== null;
}
