/**
 * Counts the bytes of all buffers that code asks for, before it gets them: a decoder that allocates
 * what a hostile input declares is found by the request, not by running out of memory.
 */
const METERED = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const;

export interface AllocationMeter {
  /** Bytes asked for since the last call. */
  take(): number;
  /** Puts the engine's own constructors back. */
  stop(): void;
}

/** Starts counting, for the whole realm; `stop` it. */
export function meterAllocations(): AllocationMeter {
  let bytes = 0;
  const scope = globalThis as unknown as Record<string, { BYTES_PER_ELEMENT?: number }>;
  const own = METERED.map((name) => [name, scope[name]] as const);
  for (const [name, original] of own) {
    const width = original.BYTES_PER_ELEMENT ?? 1;
    scope[name] = new Proxy(original as object, {
      construct(made, parameters, asked) {
        const [first] = parameters as unknown[];
        if (typeof first === 'number') bytes += width * first;
        else if (Array.isArray(first) || ArrayBuffer.isView(first)) {
          bytes += width * (first as ArrayLike<unknown>).length;
        }
        return Reflect.construct(made as never, parameters, asked);
      },
    });
  }
  return {
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    stop() {
      for (const [name, original] of own) scope[name] = original;
    },
  };
}
