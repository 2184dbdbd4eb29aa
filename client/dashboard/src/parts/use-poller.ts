/** Asks again and again as long as a view is shown. */
import type { FederationError } from '@fedhybnn/shared';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Poller } from '../api/poller.js';

/** @returns why there was no answer, while there is none */
export function usePoller(
  watch: () => Poller,
  inputs: readonly unknown[],
): FederationError | undefined {
  const [failure, setFailure] = useState<FederationError | undefined>(undefined);
  const start = useRef(watch);
  start.current = watch;
  useEffect(() => {
    const poller = start.current();
    const forget = poller.failure.subscribe(setFailure);
    return () => {
      forget();
      poller.stop();
    };
  }, inputs);
  return failure;
}
