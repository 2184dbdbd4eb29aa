/** Lets Node 20 run the kernels that need relaxed SIMD; later versions do by themselves. */
import { setFlagsFromString } from 'node:v8';

if (Number.parseInt(process.versions.node, 10) < 22) {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
