/** Chooses and loads an implementation: the one place that probes what the engine can do. */
import type { Kernels } from './kernels.js';
import { KERNEL_MODULE } from './module.generated.js';
import { createReferenceKernels } from './reference.js';
import { createSimdKernels } from './simd.js';

export interface LoadOptions {
  /** `auto` (default): SIMD where the engine has it, else the plain-TypeScript reference. */
  readonly kind?: 'auto' | 'simd' | 'reference';
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** A fresh `Kernels` object. The module is decoded and compiled once per thread. */
export async function loadKernels({ kind = 'auto' }: LoadOptions = {}): Promise<Kernels> {
  if (kind === 'reference') return createReferenceKernels();
  const bytes = decodeBase64(KERNEL_MODULE);
  if (kind === 'auto' && !(globalThis.WebAssembly?.validate(bytes) ?? false)) {
    return createReferenceKernels();
  }
  compiled ??= WebAssembly.compile(bytes);
  return createSimdKernels(await compiled);
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
