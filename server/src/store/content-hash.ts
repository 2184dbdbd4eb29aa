import { createHash } from 'node:crypto';

/** `sha256Hex` of shared, computed natively: every frame that arrives is hashed. */
export function contentHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
