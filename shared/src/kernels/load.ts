/** Chooses and loads an implementation: the one place that probes what the engine can do. */
import { decodeBase64 } from './base64.js';
import type { Kernels } from './kernels.js';
import { RELAXED_MODULE, SIMD_MODULE } from './module.generated.js';
import { createReferenceKernels } from './reference.js';
import { createSimdKernels, type SimdProducts } from './simd.js';
import { tuneProducts } from './tune.js';

export interface LoadOptions {
  /**
   * `auto` (default): the best that the engine allows, of relaxed SIMD, SIMD and the
   * plain-TypeScript reference. Node 20 has relaxed SIMD behind `--experimental-wasm-relaxed-simd`.
   */
  readonly kind?: 'auto' | Kernels['name'] | undefined;
  /** Forces ways to make products; by default the fastest on this machine, found out once. */
  readonly products?: Partial<SimdProducts> | undefined;
}

type ModuleName = 'relaxed' | 'simd';
const MODULES = { relaxed: RELAXED_MODULE, simd: SIMD_MODULE } as const;

/** Compiled and tuned once per realm (page, worker, Node thread). */
const compiled = new Map<ModuleName, Promise<WebAssembly.Module>>();
const tuned = new Map<ModuleName, Promise<SimdProducts>>();

/**
 * A fresh `Kernels` object with a memory of its own, from bytes embedded in the code: nothing is
 * fetched.
 * @throws WebAssembly.CompileError for `simd` or `relaxed` on an engine without it
 */
export async function loadKernels(options: LoadOptions = {}): Promise<Kernels> {
  const { kind = 'auto', products = {} } = options;
  if (kind === 'reference') return createReferenceKernels();
  if (kind !== 'auto') return instantiate(kind, products);
  for (const name of ['relaxed', 'simd'] as const) {
    // No WebAssembly, no such SIMD, or a page whose content security policy forbids to compile.
    const allowed = await moduleNamed(name).then(
      () => true,
      () => false,
    );
    if (allowed) return instantiate(name, products);
  }
  return createReferenceKernels();
}

async function instantiate(name: ModuleName, forced: Partial<SimdProducts>): Promise<Kernels> {
  const module = await moduleNamed(name);
  const { few, many } = forced;
  if (few && many) return createSimdKernels(module, name, { few, many });
  const fastest = tuned.get(name) ?? tuneProducts(module, name);
  tuned.set(name, fastest);
  return createSimdKernels(module, name, {
    ...(await fastest),
    ...(few && { few }),
    ...(many && { many }),
  });
}

function moduleNamed(name: ModuleName): Promise<WebAssembly.Module> {
  const module = compiled.get(name) ?? compile(name);
  compiled.set(name, module);
  return module;
}

async function compile(name: ModuleName): Promise<WebAssembly.Module> {
  const bytes = decodeBase64(MODULES[name]);
  if (!WebAssembly.validate(bytes)) {
    throw new WebAssembly.CompileError(`this engine has no WebAssembly ${NEEDS[name]}`);
  }
  return WebAssembly.compile(bytes);
}

const NEEDS = { relaxed: 'relaxed SIMD', simd: 'SIMD' } as const;
