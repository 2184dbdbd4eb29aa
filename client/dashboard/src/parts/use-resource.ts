/** Something that the coordinator knows, asked for again and again as long as it is shown. */
import type { FederationError } from '@fedhybnn/shared';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ZodMiniType } from 'zod/mini';
import { Poller } from '../api/poller.js';
import { ask } from '../api/request.js';

export interface Resource<T> {
  /** Undefined before the first answer. */
  readonly value: T | undefined;
  readonly failure: FederationError | undefined;
  /** Asks now. */
  reload(): void;
}

/** @param everyMs from an answer to the next question */
export function useResource<T>(
  path: string,
  reply: ZodMiniType<T>,
  everyMs: number | ((value: T | undefined) => number),
): Resource<T> {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [failure, setFailure] = useState<FederationError | undefined>(undefined);
  const poller = useRef<Poller | undefined>(undefined);
  const known = useRef<T | undefined>(undefined);
  useEffect(() => {
    known.current = undefined;
    setValue(undefined);
    const asking = new Poller({
      every: () => (typeof everyMs === 'number' ? everyMs : everyMs(known.current)),
      async load(signal) {
        known.current = await ask(path, { reply, signal });
        setValue(known.current);
      },
    });
    poller.current = asking;
    const forget = asking.failure.subscribe(setFailure);
    return () => {
      forget();
      asking.stop();
    };
  }, [path]);
  return { value, failure, reload: () => poller.current?.hurry() };
}
