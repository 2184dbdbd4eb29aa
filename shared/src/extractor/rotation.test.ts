import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/index.js';
import { createRotation, rotationLength } from './rotation.js';

const seed = deriveSeed(1, 'rotation');
const vectors = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  ...{ minLength: 1, maxLength: 40 },
});

describe('a rotation', () => {
  it('keeps lengths and angles where every coordinate is taken', () => {
    fc.assert(
      fc.property(vectors, fc.integer(), (values, other) => {
        const features = values.length;
        const length = rotationLength(features);
        const rotation = createRotation(seed, features, length);
        const second = values.map((value, i) => Math.sin(other + i) - value);
        const a = rotation.apply(values, 0).slice();
        const b = rotation.apply(second, 0).slice();
        const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
          Array.from(x).reduce((sum, value, i) => sum + value * y[i], 0);
        expect(dot(a, a)).toBeCloseTo(dot(values, values), 6);
        expect(dot(a, b)).toBeCloseTo(dot(values, second), 6);
      }),
    );
  });

  it('spreads a single feature over all coordinates alike', () => {
    const values = new Float32Array(13);
    values[5] = 3;
    const coordinates = createRotation(seed, 13, 16).apply(values, 0);
    for (const value of coordinates) expect(Math.abs(value)).toBeCloseTo(0.75, 12);
    expect(coordinates.some((value) => value > 0) && coordinates.some((value) => value < 0)).toBe(
      true,
    );
  });

  it('is another one for another seed, and the same for the same', () => {
    const values = Float32Array.from({ length: 20 }, (_, i) => i * i - 7);
    const of = (name: string) => [...createRotation(deriveSeed(1, name), 20, 9).apply(values, 0)];
    expect(of('a')).toEqual(of('a'));
    expect(of('a')).not.toEqual(of('b'));
  });

  it('takes its features from any place', () => {
    const values = Float32Array.of(9, 9, 1, 2, 3);
    const rotation = createRotation(seed, 3, 4);
    const there = rotation.apply(values, 2).slice();
    expect(rotation.apply([1, 2, 3], 0)).toEqual(there);
  });

  it('has a power of two of coordinates', () => {
    expect([1, 2, 3, 512, 513].map(rotationLength)).toEqual([1, 2, 4, 512, 1024]);
  });
});
