import { createEvaluator, exportHead, initialModel, mnistTask } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { personalModel } from './personal-model.js';
import { classBits } from './test-fixture/class-bits.js';

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 },
  hidden: [32],
  training: { batch: 16 },
  federation: { rounds: 10, goal: 2 },
});
const model = initialModel(task);
const data = classBits(160, 1);

describe('a personal model', () => {
  it('is better on samples like those it was trained on, and leaves the shared one as it was', async () => {
    const before = model.latents.slice();
    const losses: number[] = [];
    const onEpoch = ({ loss }: { loss: number }) => losses.push(loss);
    const mine = await personalModel(task, {
      model,
      data,
      rate: 0.5,
      seed: 'a'.repeat(32),
      onEpoch,
    });
    expect(model.latents).toEqual(before);
    expect(losses).toHaveLength(10);
    const evaluator = await createEvaluator(task);
    const own = classBits(100, 2);
    const shared = evaluator.evaluate(model, own).correct;
    expect(evaluator.evaluate(mine, own).correct).toBeGreaterThan(shared + 20);
  });

  it('is the same for the same seed, and can be exported', async () => {
    const make = (seed: string) => personalModel(task, { model, data, epochs: 2, seed });
    const first = await make('1'.repeat(32));
    expect(await make('1'.repeat(32))).toEqual(first);
    expect(await make('2'.repeat(32))).not.toEqual(first);
    expect(exportHead(task, first).length).toBe(exportHead(task, model).length);
  });

  it('is refused where the weights are not bits', async () => {
    const real = mnistTask({
      extractor: task.extractor,
      rule: 'fedavg-fp32',
      federation: { rounds: 1, goal: 1 },
    });
    const made = personalModel(real, { model: initialModel(real), data, seed: '0'.repeat(32) });
    await expect(made).rejects.toThrow(/rule fedavg-fp32 trains no latents of binary weights/);
  });
});
