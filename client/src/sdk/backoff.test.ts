import { deriveSeed } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from './backoff.js';

function take(count: number, waits: Iterator<number, never>): number[] {
  return Array.from({ length: count }, () => waits.next().value);
}

describe('backoff', () => {
  it('waits between half a ceiling and the ceiling, which doubles up to the longest', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 5_000, max: 100_000 }),
        (text, firstMs, longestMs) => {
          const waits = take(30, backoff({ seed: deriveSeed(text), firstMs, longestMs }));
          waits.forEach((wait, attempt) => {
            const ceiling = Math.min(firstMs * 2 ** attempt, longestMs);
            expect(wait).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
            expect(wait).toBeLessThanOrEqual(Math.ceil(ceiling));
          });
        },
      ),
    );
  });

  it('is decided by its seed, and differs from client to client', () => {
    const waits = (client: string) => take(10, backoff({ seed: deriveSeed(client) }));
    expect(waits('a')).toEqual(waits('a'));
    expect(waits('a')).not.toEqual(waits('b'));
  });
});
