/** What the test calls in the page: an extractor file on images, with and without TensorFlow.js. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { decodeBase64 } from '../../../kernels/base64.js';
import { type LoadExtractorOptions, loadExtractor } from '../../load-extractor.js';

/** @param binary the backend's WebAssembly as a data URL */
async function startTensorflow(binary: string): Promise<string> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': binary,
    'tfjs-backend-wasm-simd.wasm': binary,
    'tfjs-backend-wasm-threaded-simd.wasm': binary,
  });
  return (await setBackend('wasm')) ? 'wasm' : 'none';
}

/**
 * @param file an extractor file in base64
 * @param pixels of 28×28 gray images in base64
 * @returns the bytes of the bit matrix, as numbers
 */
async function extractBits(
  file: string,
  pixels: string,
  patches: LoadExtractorOptions['patches'],
): Promise<number[]> {
  const extractor = await loadExtractor(decodeBase64(file), { patches });
  const bytes = decodeBase64(pixels);
  const images = { width: 28, height: 28, channels: 1, count: bytes.length / 784, pixels: bytes };
  return [...(await extractor.extract(images)).bytes];
}

Object.assign(globalThis, { startTensorflow, extractBits });
