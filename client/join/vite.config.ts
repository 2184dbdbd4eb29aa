/** Builds the join page into `dist`, which the coordinator serves at `/join/` and `/<task>`. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { keepPage } from './keep-page.ts';

/**
 * The page computes features by itself (`portable-features.ts`): TensorFlow.js, which the shared
 * package would load in Node, is left out of the build.
 */
function withoutTensorflow(): Plugin {
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

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/join/',
  logLevel: 'error',
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [withoutTensorflow(), keepPage()],
  worker: { format: 'es', plugins: () => [withoutTensorflow()] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Data URLs would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: here('index.html'), 'service-worker': here('src/offline/service-worker.ts') },
      output: {
        // Its address stays: browsers look there for a newer one.
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
