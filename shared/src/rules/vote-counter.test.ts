import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { VoteCounter } from './vote-counter.js';

/** The sums by their definition: ±1 a parameter. */
function sumsOf(payloads: readonly Uint8Array[], parameters: number): Int32Array {
  return Int32Array.from({ length: parameters }, (_, i) =>
    payloads.reduce((sum, bytes) => sum + ((bytes[i >> 3] >> (i & 7)) & 1 ? 1 : -1), 0),
  );
}

/** So many payloads; bits after the last parameter are 0. */
function votes(updates: number, parameters: number, seed: number): Uint8Array[] {
  const random = new Random(deriveSeed(seed, 'votes'));
  return Array.from({ length: updates }, () => {
    const payload = Uint8Array.from({ length: (parameters + 7) >> 3 }, () => random.below(256));
    if (parameters % 8 !== 0) payload[payload.length - 1] &= (1 << (parameters % 8)) - 1;
    return payload;
  });
}

function counted(payloads: readonly Uint8Array[], parameters: number) {
  const counter = new VoteCounter(parameters);
  for (const payload of payloads) counter.add(payload);
  return counter.tally();
}

describe('VoteCounter', () => {
  it('sums any number of votes on any number of parameters', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        (updates, parameters, seed) => {
          const payloads = votes(updates, parameters, seed);
          expect(counted(payloads, parameters)).toEqual({
            count: updates,
            sums: sumsOf(payloads, parameters),
          });
        },
      ),
    );
  });

  it.each([252, 253, 255, 256, 259, 260, 700])(
    'does not lose a vote of %i that all say yes',
    (n) => {
      const yes = new Uint8Array(9).fill(255);
      expect(counted(Array(n).fill(yes), 72).sums).toEqual(new Int32Array(72).fill(n));
    },
  );

  it('sums more votes than a byte counts', () => {
    const payloads = votes(1000, 77, 1);
    expect(counted(payloads, 77).sums).toEqual(sumsOf(payloads, 77));
  });

  it('keeps what was added, whatever becomes of the bytes', () => {
    const counter = new VoteCounter(8);
    const payload = Uint8Array.of(0b1010_0001);
    counter.add(payload);
    payload.fill(0);
    expect([...counter.tally().sums]).toEqual([1, -1, -1, -1, -1, 1, -1, 1]);
  });
});
