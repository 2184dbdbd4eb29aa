/** A view that is loaded when it is first shown. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { messages } from '../messages/language.js';

interface LazyProps {
  readonly load: () => Promise<ComponentType>;
}

export function Lazy({ load }: LazyProps) {
  const [state, setState] = useState<{ View?: ComponentType; failed?: boolean }>({});
  useEffect(() => {
    let over = false;
    load().then(
      (View) => !over && setState({ View }),
      () => !over && setState({ failed: true }),
    );
    return () => {
      over = true;
    };
  }, []);
  if (state.View) return <state.View />;
  return (
    <p class="loading" role="status">
      {state.failed ? messages.value.errors.reload : messages.value.loading}
    </p>
  );
}
