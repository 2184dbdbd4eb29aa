/** Entry of the page's worker: commands come in as messages, answers and reports go out. */
import { FederationError } from '@fedhybnn/shared';
import { Engine } from './engine.js';
import type { Call, Report } from './messages.js';

interface WorkerScope {
  postMessage(message: Report): void;
  addEventListener(type: 'message', listener: (event: { data: Call }) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const engine = new Engine((report) => scope.postMessage(report));

scope.addEventListener('message', ({ data: { id, name, input } }) => {
  Promise.resolve()
    // The page's own code wrote the message: names and inputs are of one type by `Commands`.
    .then(() => (engine[name] as (given: unknown) => unknown)(input))
    .then(
      (output) => scope.postMessage({ type: 'answer', id, output }),
      (thrown) =>
        scope.postMessage({ type: 'failed', id, error: FederationError.from(thrown).toBody() }),
    );
});
