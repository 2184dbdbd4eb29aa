/// <reference types="vite/client" />
/** The benchmark in a page: everything is served with it, nothing comes from elsewhere. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { PageBench } from '../in-browser.js';
import { runCases } from '../run-cases.js';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});

const page: PageBench = {
  bench: (request, { extractor, images }, note) =>
    runCases(
      request,
      {
        extractor: Uint8Array.from(extractor),
        images: { ...images, pixels: Uint8Array.from(images.pixels) },
      },
      [],
      note,
    ),
};
Object.assign(globalThis, page);
