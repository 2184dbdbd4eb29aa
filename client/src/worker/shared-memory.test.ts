import { BitMatrix, type LabeledBits } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { fromPlainBits, toPlainBits, toSharedMemory } from './shared-memory.js';

const bits = BitMatrix.fromSigns(2, 3, [1, -1, 1, -1, -1, 1]);
const kinds: [string, LabeledBits][] = [
  ['one label a sample', { bits, labels: Int32Array.of(1, 0) }],
  ['a bit for each label', { bits, targets: BitMatrix.fromSigns(2, 2, [1, 1, -1, 1]) }],
];

describe('labeled bits on their way to a thread', () => {
  it.each(kinds)('arrive as they were, with %s', (_, data) => {
    expect(fromPlainBits(structuredClone(toPlainBits(data)))).toEqual(data);
    expect(fromPlainBits(toSharedMemory(data))).toEqual(data);
  });

  it.each(kinds)('lie in shared memory once, with %s', (_, data) => {
    const once = toSharedMemory(data);
    const buffers = Object.values(once)
      .map((value) => (value instanceof Object && 'bytes' in value ? value.bytes : value))
      .filter(ArrayBuffer.isView);
    expect(buffers).toHaveLength(2);
    for (const { buffer } of buffers) expect(buffer).toBeInstanceOf(SharedArrayBuffer);
    const twice = toSharedMemory(fromPlainBits(once));
    expect(twice).toEqual(once);
    expect(twice.bytes).toBe(once.bytes);
  });
});
