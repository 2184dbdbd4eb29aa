/** Waiting that ends when a signal says so. */

/**
 * Resolves after `ms`, or rejects with the signal's reason as soon as it is aborted.
 * No timer and no listener outlives it.
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return unlessAborted(over, signal).finally(() => clearTimeout(timer));
}

/** What `work` settles to, or a rejection with the signal's reason if that comes first. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * A controller that is aborted with `parent`. Call `release` when done: a long-lived parent would
 * otherwise keep every child.
 */
export function childController(parent: AbortSignal): AbortController & { release(): void } {
  const child = new AbortController();
  const abort = () => child.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return Object.assign(child, { release: () => parent.removeEventListener('abort', abort) });
}
