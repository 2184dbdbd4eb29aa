import type { Kernels } from './kernels.js';

/** Which kernels these are and how they make products, in words: `relaxed (few samples: words, …)`. */
export function describeKernels({ name, products: { few, many } }: Kernels): string {
  return name === 'reference' ? name : `${name} (few samples: ${few}, many: ${many})`;
}
