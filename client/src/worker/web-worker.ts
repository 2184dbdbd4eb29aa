/** Entry of a page's training worker: `new Worker(url of this file, { type: 'module' })`. */
import { serveTraining } from './serve-training.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: { data: ToWorker }) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const receive = serveTraining((message) => scope.postMessage(message));
scope.addEventListener('message', ({ data }) => receive(data));
