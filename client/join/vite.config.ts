/** Builds the join page into `dist`, which the coordinator serves at `/join/` and `/<task>`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { keepPage } from './keep-page.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Names what is of TensorFlow.js, so that it is seen what loads it. */
function chunkFileNames({ moduleIds }: { readonly moduleIds: readonly string[] }): string {
  const isTensorflow = moduleIds.some((id) => id.includes('/@tensorflow/'));
  return isTensorflow ? 'assets/tensorflow-[name]-[hash].js' : 'assets/[name]-[hash].js';
}

export default defineConfig({
  root: here('.'),
  base: '/join/',
  logLevel: 'error',
  resolve: {
    conditions: ['source', 'browser', 'module', 'import', 'default'],
    // One file in place of hundreds, whose imports the bundler would have to follow.
    alias: { '@tensorflow/tfjs-converter': '@tensorflow/tfjs-converter/dist/tf-converter.fesm.js' },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [keepPage()],
  worker: { format: 'es', rolldownOptions: { output: { chunkFileNames } } },
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
