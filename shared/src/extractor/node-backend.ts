/** The wasm backend of TensorFlow.js in Node: it reads its binary from its own package folder. */
import { ready, setBackend } from '@tensorflow/tfjs-core';

const GUARDED = ['uncaughtException', 'unhandledRejection'] as const;

/** Registers and starts the backend. */
export async function registerNodeBackend(): Promise<void> {
  const before = GUARDED.map((event) => new Set(process.rawListeners(event)));
  await import('@tensorflow/tfjs-backend-wasm');
  await setBackend('wasm');
  await ready();
  // Its Emscripten glue installs process-wide handlers that rethrow: not a library's business.
  GUARDED.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[i].has(listener)) process.off(event, listener as (...args: unknown[]) => void);
    }
  });
}
