/** Something that a press of a button does: once at a time, with what went wrong. */
import { FederationError } from '@fedhybnn/shared';
import { useCallback, useState } from 'preact/hooks';

export interface Action<Arguments extends unknown[]> {
  readonly busy: boolean;
  readonly error: FederationError | undefined;
  /** Resolves to whether it was done. */
  run(...given: Arguments): Promise<boolean>;
  /** Forgets the error. */
  forget(): void;
}

export function useAction<Arguments extends unknown[]>(
  work: (...given: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<FederationError | undefined>(undefined);
  const run = async (...given: Arguments) => {
    if (busy) return false;
    setBusy(true);
    setError(undefined);
    try {
      await work(...given);
      return true;
    } catch (thrown) {
      setError(FederationError.from(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const forget = useCallback(() => setError(undefined), []);
  return { busy, error, run, forget };
}
