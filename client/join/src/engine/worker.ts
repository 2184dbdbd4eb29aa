/**
 * Entry of the page's workers. The engine: commands come in as messages, answers and reports go out.
 * Under the name of the training worker it does nothing but train.
 */
import { FederationError } from '@fedhybnn/shared';
import { Engine } from './engine.js';
import type { Call, Report } from './messages.js';

interface WorkerScope<Received, Sent> {
  postMessage(message: Sent): void;
  addEventListener(type: 'message', listener: (event: { data: Received }) => void): void;
}

/** As in `training-worker.ts`, which is loaded only where it is wanted. */
const TRAINING = 'training';

const scope: unknown = globalThis;
if ((scope as { name: string }).name === TRAINING) train();
else serve(scope as WorkerScope<Call, Report>);

function train(): void {
  const receive = import('./training-worker.js').then(({ trainInThisWorker }) =>
    trainInThisWorker(),
  );
  // Messages that come before it is loaded wait for it, in order.
  addEventListener('message', ({ data }) => void receive.then((take) => take(data)));
}

function serve(scope: WorkerScope<Call, Report>): void {
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
}
