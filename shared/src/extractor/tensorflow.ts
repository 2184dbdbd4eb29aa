/**
 * TensorFlow.js, loaded when an extractor first needs it. A page registers the backend it wants
 * (WebGPU, WebGL, wasm) by importing it; in Node the wasm backend is taken.
 */
import { FederationError } from '../protocol/errors.js';

export type Tensorflow = typeof import('@tensorflow/tfjs-core');

let opening: Promise<Tensorflow> | undefined;

/**
 * TensorFlow.js with a backend that is ready.
 * @throws FederationError `bad-request` in a page that has registered no backend
 */
export function openTensorflow(): Promise<Tensorflow> {
  opening ??= open();
  // A failure is not kept: the page may register a backend and try again.
  opening.catch(() => {
    opening = undefined;
  });
  return opening;
}

async function open(): Promise<Tensorflow> {
  const tf: Tensorflow = await import('@tensorflow/tfjs-core');
  if (Object.keys(tf.engine().registryFactory).length === 0) {
    if (!runsInNode()) {
      throw new FederationError(
        'bad-request',
        'no TensorFlow.js backend is registered; import one first, such as @tensorflow/tfjs-backend-wasm',
      );
    }
    const { registerNodeBackend } = await import('./node-backend.js');
    await registerNodeBackend();
  }
  await tf.ready();
  return tf;
}

/** True in Node, false in pages and their workers. */
export function runsInNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined;
}
