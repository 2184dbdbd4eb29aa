/** Builds the dashboard into `dist`, which the coordinator serves at `/dashboard`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { withoutTensorflow } from '../look/without-tensorflow.js';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/dashboard/',
  logLevel: 'error',
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [withoutTensorflow()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Data URLs would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
