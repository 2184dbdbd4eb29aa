/** For builds of pages that need nothing of TensorFlow.js, which the shared package loads in Node. */
import type { Plugin } from 'vite';

export function withoutTensorflow(): Plugin {
  return {
    name: 'without-tensorflow',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith('@tensorflow/') ? '\0absent' : undefined),
    load: (id) =>
      id === '\0absent'
        ? "throw new Error('TensorFlow.js is not part of this page'); export const ready = 0, setBackend = 0;"
        : undefined,
  };
}
