/** The wasm backend of TensorFlow.js in Node: it reads its binary from its own package folder. */
import { ready, setBackend } from '@tensorflow/tfjs-core';

const GUARDED = ['uncaughtException', 'unhandledRejection'] as const;
/** The source of the handlers that Emscripten's glue adds to the process. */
const RETHROWS = /^function \((ex|reason)\) \{[\s\S]*throw \1;[\s\S]*\}$/;

/**
 * Registers and starts the backend, and takes back the process-wide handlers that its glue adds:
 * how a program ends is not a library's business.
 */
export async function registerNodeBackend(): Promise<void> {
  const before = GUARDED.map((event) => new Set(process.rawListeners(event)));
  await import('@tensorflow/tfjs-backend-wasm');
  await setBackend('wasm');
  await ready();
  GUARDED.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      // The program may have added a handler of its own meanwhile: that one stays.
      if (before[i].has(listener) || !RETHROWS.test(String(listener))) continue;
      process.off(event, listener as (...args: unknown[]) => void);
    }
  });
}
