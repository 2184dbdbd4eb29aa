/** Asks again and again as long as a view is shown. */
import type { FederationError } from '@fedhybnn/shared';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Poller } from '../api/poller.js';

export interface Polling {
  /** Why there was no answer, while there is none. */
  readonly failure: FederationError | undefined;
  /** Asks now. */
  hurry(): void;
}

export function usePoller(watch: () => Poller, inputs: readonly unknown[]): Polling {
  const [failure, setFailure] = useState<FederationError | undefined>(undefined);
  const start = useRef(watch);
  start.current = watch;
  const current = useRef<Poller | undefined>(undefined);
  useEffect(() => {
    const poller = start.current();
    current.current = poller;
    const forget = poller.failure.subscribe(setFailure);
    return () => {
      forget();
      poller.stop();
    };
  }, inputs);
  return { failure, hurry: () => current.current?.hurry() };
}
