import { afterEach, describe, expect, it, vi } from 'vitest';
import { laneStride } from './kernels.js';
import { loadKernels } from './load.js';
import { PRODUCT_ALGORITHMS } from './product-choice.js';

const kinds = ['relaxed', 'simd', 'reference'] as const;

describe('loading kernels', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('takes the best that the engine has, or what is asked for', async () => {
    expect((await loadKernels()).name).toBe('relaxed');
    for (const kind of kinds) expect((await loadKernels({ kind })).name).toBe(kind);
  });

  it('takes portable SIMD where there is no relaxed SIMD', async () => {
    const real = wasm();
    let tried = 0;
    // The first module that is tried is the relaxed one.
    const validate = (bytes: Uint8Array<ArrayBuffer>) => ++tried > 1 && real.validate(bytes);
    vi.stubGlobal('WebAssembly', { ...real, validate });
    vi.resetModules();
    const fresh = await import('./load.js');
    expect((await fresh.loadKernels()).name).toBe('simd');
    await expect(fresh.loadKernels({ kind: 'relaxed' })).rejects.toThrow('relaxed SIMD');
  });

  it('finds the ways to make products once, and lets each be forced', async () => {
    const { products } = await loadKernels();
    expect((await loadKernels()).products).toEqual(products);
    for (const way of PRODUCT_ALGORITHMS) {
      const few = await loadKernels({ products: { few: way } });
      expect(few.products).toEqual({ few: way, many: products.many });
      const many = await loadKernels({ products: { many: way } });
      expect(many.products).toEqual({ few: products.few, many: way });
    }
  });

  it.each([
    ['there is no WebAssembly', undefined],
    ['there is no SIMD', { ...wasm(), validate: () => false }],
    [
      'the page may not compile',
      { ...wasm(), compile: () => Promise.reject(new WebAssembly.CompileError('policy')) },
    ],
  ])('falls back to the reference where %s', async (_, replacement) => {
    vi.stubGlobal('WebAssembly', replacement);
    vi.resetModules();
    const fresh = await import('./load.js');
    expect((await fresh.loadKernels()).name).toBe('reference');
    await expect(fresh.loadKernels({ kind: 'simd' })).rejects.toThrow();
  });

  it('needs no Buffer to decode the module', async () => {
    vi.resetModules();
    const fresh = await import('./load.js');
    vi.stubGlobal('Buffer', undefined);
    const loading = fresh.loadKernels({ kind: 'simd' });
    vi.unstubAllGlobals();
    expect((await loading).name).toBe('simd');
  });

  it('gives every object a memory of its own', async () => {
    for (const kind of kinds) {
      const [one, other] = await Promise.all([loadKernels({ kind }), loadKernels({ kind })]);
      const [a, b] = [one.memory.allocate(16), other.memory.allocate(16)];
      new Uint8Array(one.memory.buffer, a, 16).fill(7);
      expect(new Uint8Array(other.memory.buffer, b, 16)).toEqual(new Uint8Array(16));
    }
  });
});

describe.each(kinds)('the memory of %s', (kind) => {
  it('allocates zeroed, aligned, disjoint room, and keeps contents when it grows', async () => {
    const { memory } = await loadKernels({ kind });
    const sizes = [1, 0, 17, 100_000, 16, 3_000_000, 5];
    const addresses = sizes.map((bytes, i) => {
      const address = memory.allocate(bytes);
      const room = new Uint8Array(memory.buffer, address, bytes);
      expect(room.every((byte) => byte === 0)).toBe(true);
      room.fill(i + 1);
      return address;
    });
    addresses.forEach((address, i) => {
      expect(address % 16).toBe(0);
      expect(address).toBeGreaterThan(0);
      const room = new Uint8Array(memory.buffer, address, sizes[i]);
      expect(room.every((byte) => byte === i + 1)).toBe(true);
    });
  });

  it.each([-1, Number.NaN, 2 ** 31, 2 ** 32 + 16])('refuses %d bytes', async (bytes) => {
    const { memory } = await loadKernels({ kind });
    memory.allocate(64);
    expect(() => memory.allocate(bytes)).toThrow(RangeError);
    expect(memory.allocate(1) % 16).toBe(0);
  });

  it('is never replaced by an operation', async () => {
    const kernels = await loadKernels({ kind });
    const { memory } = kernels;
    const [neurons, batch, inputs] = [300, 65, 1500];
    const room = (bytes: number) => memory.allocate(bytes);
    const weights = room(neurons * 192);
    const input = room(batch * 192);
    const product = room(4 * neurons * laneStride(batch));
    const bits = room(batch * 48);
    const { buffer } = memory;
    kernels.xnorProduct(weights, input, neurons, batch, inputs, product);
    kernels.activate(product, 0, neurons, batch, bits);
    expect(memory.buffer).toBe(buffer);
    expect(buffer.byteLength).toBeGreaterThan(0);
  });
});

/** What the stubs keep of the real thing. */
function wasm() {
  const { validate, compile, instantiate, CompileError } = WebAssembly;
  return { validate, compile, instantiate, CompileError };
}
