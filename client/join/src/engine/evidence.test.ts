import {
  exportHead,
  hadamardCode,
  initialModel,
  mnistTask,
  parameterCount,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { evidenceOf } from './evidence.js';

const BITS = 12;
const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
  hidden: [16],
  federation: { rounds: 1, goal: 1 },
});

describe('the evidence for a label', () => {
  it('is the product of the layers’ signs', () => {
    const { latents } = initialModel(task);
    const code = hadamardCode(10, 16);
    const sums = Array.from({ length: 10 * BITS }, (_, at) => {
      const [label, bit] = [Math.floor(at / BITS), at % BITS];
      let sum = 0;
      for (let neuron = 0; neuron < 16; neuron++) {
        const weight = latents[neuron * BITS + bit] >= 0 ? 1 : -1;
        sum += code.get(label, neuron) ? weight : -weight;
      }
      return sum;
    });
    const most = Math.max(...sums.map(Math.abs));
    const expected = sums.map((sum) => Math.round((127 * sum) / most) + 0);
    expect([...evidenceOf(task, initialModel(task))].map((value) => value + 0)).toEqual(expected);
  });

  it('is largest for a bit that every neuron of a label’s code agrees with', () => {
    const code = hadamardCode(10, 16);
    const latents = new Int16Array(parameterCount(task)).fill(-1000);
    // Bit 3 is wired so that it speaks for label 7 alone.
    for (let neuron = 0; neuron < 16; neuron++) {
      latents[neuron * BITS + 3] = code.get(7, neuron) ? 1000 : -1000;
    }
    const model = { ...initialModel(task), latents };
    const evidence = evidenceOf(task, model);
    expect(evidence[7 * BITS + 3]).toBe(127);
    for (const label of [0, 1, 2, 3]) expect(evidence[label * BITS + 3]).toBe(0);
    expect(exportHead(task, model).length).toBeGreaterThan(0);
  });
});
