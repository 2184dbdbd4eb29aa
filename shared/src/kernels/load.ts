/** Chooses and loads an implementation: the one place that probes what the engine can do. */
import type { Kernels } from './kernels.js';
import { KERNEL_MODULE } from './module.generated.js';
import { createReferenceKernels } from './reference.js';
import { createSimdKernels } from './simd.js';

export interface LoadOptions {
  /** `auto` (default): SIMD where the engine allows it, else the plain-TypeScript reference. */
  readonly kind?: 'auto' | 'simd' | 'reference';
}

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * A fresh `Kernels` object with a memory of its own. The module is decoded and compiled once per
 * realm (page, worker, Node thread), from bytes embedded in the code: nothing is fetched.
 * @throws WebAssembly.CompileError for `simd` on an engine without it
 */
export async function loadKernels({ kind = 'auto' }: LoadOptions = {}): Promise<Kernels> {
  if (kind === 'reference') return createReferenceKernels();
  compiled ??= compileModule();
  if (kind === 'simd') return createSimdKernels(await compiled);
  // No WebAssembly, no SIMD, or a page whose content security policy forbids to compile.
  const module = await compiled.catch(() => undefined);
  return module ? createSimdKernels(module) : createReferenceKernels();
}

async function compileModule(): Promise<WebAssembly.Module> {
  const bytes = decodeBase64(KERNEL_MODULE);
  if (!WebAssembly.validate(bytes)) {
    throw new WebAssembly.CompileError('this engine has no WebAssembly SIMD');
  }
  return WebAssembly.compile(bytes);
}

/** `atob` is in Node, pages and workers alike; `Buffer` is not. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
