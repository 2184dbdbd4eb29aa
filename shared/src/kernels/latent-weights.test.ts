import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { bitRowBytes, type Kernels, laneStride } from './kernels.js';
import type { LayerStep } from './optimizer-steps.js';
import { onBoth, randomBits, randomFloats } from './testing/both-connectors.js';

const size = (max: number) => fc.integer({ min: 1, max });

/** [neurons][inputs] to tile-major. */
function toTiles(latents: ArrayLike<number>, neurons: number, inputs: number) {
  const tiles = new Float32Array(((neurons + 15) >> 4) * inputs * 16);
  for (let n = 0; n < neurons; n++) {
    for (let k = 0; k < inputs; k++) {
      tiles[((n >> 4) * inputs + k) * 16 + (n & 15)] = latents[n * inputs + k];
    }
  }
  return tiles;
}

function fromTiles(tiles: Float32Array, neurons: number, inputs: number): Float32Array {
  return Float32Array.from({ length: neurons * inputs }, (_, i) => {
    const [n, k] = [Math.floor(i / inputs), i % inputs];
    return tiles[((n >> 4) * inputs + k) * 16 + (n & 15)];
  });
}

describe('a Bop step', () => {
  interface Layer {
    readonly latents: Float32Array<ArrayBuffer>;
    /** [neurons][batch]. */
    readonly gradient: Float32Array<ArrayBuffer>;
    readonly inputsTransposed: BitMatrix;
  }
  const flip = async (layer: Layer, gamma: number, threshold: number, steps: number) => {
    const { rows: inputs, cols: batch } = layer.inputsTransposed;
    const neurons = layer.latents.length / inputs;
    const { tiles, weights } = await onBoth((desk) => {
      const start = toTiles(layer.latents, neurons, inputs);
      const step: LayerStep = {
        ...{ neurons, inputs, batch },
        inputsTransposed: desk.put(layer.inputsTransposed.bytes),
        gradient: desk.putRows(layer.gradient, batch),
        latents: desk.put(start),
        weights: desk.room(neurons * bitRowBytes(inputs)),
      };
      const movingAverage = desk.put(new Float32Array(start.length));
      for (let s = 0; s < steps; s++) {
        desk.kernels.bopStep(step, { movingAverage, gamma, threshold });
      }
      return {
        tiles: desk.floats(step.latents, start.length),
        weights: desk.bits(step.weights, neurons, inputs),
      };
    });
    const latents = fromTiles(tiles, neurons, inputs);
    expect(weights).toEqual(BitMatrix.fromSigns(neurons, inputs, latents).bytes);
    return latents;
  };

  it('follows algorithm 1 of the paper over four steps, and keeps the size of latents', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        size(40),
        size(150),
        size(70),
        async (seed, neurons, inputs, batch) => {
          const random = new Random(deriveSeed(seed, 'bop'));
          // Multiples of 2⁻⁸ and γ = ¼: every moving average is exact in f32.
          const layer = {
            latents: Float32Array.from({ length: neurons * inputs }, () => 2 * random.unit() - 1),
            gradient: Float32Array.from(
              { length: neurons * batch },
              () => (random.below(513) - 256) / 256,
            ),
            inputsTransposed: randomBits(inputs, batch, random),
          };
          const [gamma, threshold] = [0.25, 1.1];
          const latents = await flip(layer, gamma, threshold, 4);
          latents.forEach((latent, i) => {
            const [n, k] = [Math.floor(i / inputs), i % inputs];
            let g = 0;
            for (let b = 0; b < batch; b++) {
              const value = layer.gradient[n * batch + b];
              g += layer.inputsTransposed.get(k, b) ? value : -value;
            }
            let m = 0;
            let w = layer.latents[i] >= 0 ? 1 : -1;
            for (let t = 0; t < 4; t++) {
              m = (1 - gamma) * m + gamma * g;
              if (Math.abs(m) > threshold && Math.sign(m) === Math.sign(w)) w = -w;
            }
            expect(latent).toBe(w * Math.abs(layer.latents[i]));
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  const single = (latent: number, gradient: number): Layer => ({
    latents: Float32Array.of(latent),
    gradient: Float32Array.of(gradient),
    inputsTransposed: BitMatrix.fromSigns(1, 1, [1]),
  });

  it('does not flip at the threshold itself, nor against the sign of the weight', async () => {
    expect([...(await flip(single(0.25, 1), 0.5, 0.5, 1))]).toEqual([0.25]);
    expect([...(await flip(single(0.25, 1.5), 0.5, 0.5, 1))]).toEqual([-0.25]);
    expect([...(await flip(single(0.25, -4), 0.5, 0.5, 1))]).toEqual([0.25]);
    expect([...(await flip(single(-0.25, -4), 0.5, 0.5, 1))]).toEqual([0.25]);
  });

  it('flips the weight of a latent of 0, and leaves one without a gradient', async () => {
    expect([...(await flip(single(0, 4), 0.5, 0.5, 1))]).toEqual([-(2 ** -24)]);
    expect([...(await flip(single(0, -4), 0.5, 0.5, 1))]).toEqual([0]);
    expect([...(await flip(single(0.5, Number.NaN), 0.5, 0.5, 2))]).toEqual([0.5]);
  });

  it('has the bytes of the reference for more inputs than a block and gradients of any size', async () => {
    for (const [neurons, inputs, batch] of [
      [17, 1100, 5],
      [1, 2049, 1],
      [33, 1, 64],
    ]) {
      const random = new Random(deriveSeed(inputs, 'bop sizes'));
      const layer = {
        latents: Float32Array.from({ length: neurons * inputs }, () => 2 * random.unit() - 1),
        gradient: randomFloats(neurons * batch, random),
        inputsTransposed: randomBits(inputs, batch, random),
      };
      const latents = await flip(layer, 0.01, 1e-4, 3);
      expect(latents).not.toEqual(layer.latents);
    }
  });
});

/** Runs on latents of a random layer, zeros and ties among them. */
async function onLatents<T extends Readonly<Record<string, Uint8Array | Float32Array>>>(
  seed: number,
  neurons: number,
  inputs: number,
  operation: (kernels: Kernels, tiles: number, room: (bytes: number) => number) => () => T,
) {
  const random = new Random(deriveSeed(seed, 'latents'));
  const latents = Float32Array.from(
    { length: neurons * inputs },
    () => (random.below(65) - 32) / 32,
  );
  const out = await onBoth((desk) => {
    const tiles = desk.put(toTiles(latents, neurons, inputs));
    return operation(desk.kernels, tiles, (bytes) => desk.room(bytes))();
  });
  return { latents, out };
}

const shapes = [fc.nat(1_000_000), size(40), fc.oneof(size(150), size(1200))] as const;

describe('latents packed at a threshold', () => {
  it('have a bit where they reach it, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, fc.nat(64), async (seed, neurons, inputs, at) => {
        const threshold = (at - 32) / 32;
        const { latents, out } = await onLatents(seed, neurons, inputs, (kernels, tiles, room) => {
          const length = neurons * bitRowBytes(inputs);
          const bits = room(length);
          kernels.packLatents(tiles, threshold, neurons, inputs, bits);
          return () => ({ bits: new Uint8Array(kernels.memory.buffer, bits, length).slice() });
        });
        const differences = latents.map((latent) => latent - threshold);
        expect(out.bits).toEqual(BitMatrix.fromSigns(neurons, inputs, differences).bytes);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the mean magnitudes of latents', () => {
  it('are those of each neuron, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs) => {
        const { latents, out } = await onLatents(seed, neurons, inputs, (kernels, tiles, room) => {
          const means = room(4 * laneStride(neurons));
          kernels.meanMagnitudes(tiles, neurons, inputs, means);
          return () => ({
            means: new Float32Array(kernels.memory.buffer, means, neurons).slice(),
          });
        });
        out.means.forEach((mean, n) => {
          const own = latents.subarray(n * inputs, (n + 1) * inputs);
          // Sums of multiples of 2⁻⁵ are exact: one division is rounded.
          const sum = own.reduce((partial, latent) => partial + Math.abs(latent), 0);
          expect(mean).toBe(Math.fround(sum / inputs));
        });
      }),
      { numRuns: 20 },
    );
  });
});
