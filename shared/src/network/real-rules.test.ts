/** Federations of real-valued and of masked heads, played with the rules called directly. */
import { describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import { roundSeed } from '../rules/seeds.js';
import { mnistTask } from '../task/built-in.js';
import type { RuleSettings } from '../task/rule-settings.js';
import { createTrainer } from './client-trainer.js';
import { createEvaluator } from './evaluator.js';
import { parameterCount } from './head.js';
import { initialModel } from './initial-model.js';
import { MaskedHead } from './mask-trainer.js';
import { prototypes } from './testing/prototypes.js';

const BITS = 64;
const data = prototypes(400, BITS, 0.15, 3);
const half = (c: number) => Uint32Array.from({ length: 150 }, (_, i) => 150 * c + i);
/** The last hundred samples, on which nobody trains. */
const heldOut = {
  bits: new BitMatrix(100, BITS, data.bits.bytes.subarray(300 * data.bits.rowBytes)),
  labels: data.labels.subarray(300),
};

function taskOf(rule: RuleSettings['kind']) {
  return mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
    hidden: [48],
    rule,
    training: { epochs: 3, batch: 25 },
    federation: { rounds: 6, goal: 2, seed: 5 },
  });
}

/** Two clients, all rounds. Returns the last model. */
async function play(kind: RuleSettings['kind']): Promise<GlobalModel> {
  const task = taskOf(kind);
  const rule = ruleFor(task.federation.rule);
  const trainer = await createTrainer(task);
  let global = initialModel(task);
  for (let round = 1; round <= 6; round++) {
    const context = roundContext(task, round, parameterCount(task));
    const payloads = [0, 1].map(
      (c) =>
        trainer.trainLocally({
          task,
          global,
          round,
          roundSeed: roundSeed(task, round),
          client: `client-${c}`,
          data,
          samples: half(c),
        }).payload,
    );
    const step = rule.apply(global, rule.tally(payloads, context), context);
    global = rule.advance(global, step, context);
  }
  return global;
}

describe.each([
  ['fedavg-fp32', 0.9],
  ['fedpm', 0.6],
] as const)('a federation by %s', (kind, least) => {
  it('learns, and gives the same model again', async () => {
    const model = await play(kind);
    expect(await play(kind)).toEqual(model);
    const evaluator = await createEvaluator(taskOf(kind));
    const { correct, total } = evaluator.evaluate(model, heldOut);
    expect(correct / total).toBeGreaterThan(least);
    expect(evaluator.evaluate(model, heldOut)).toEqual({ correct, total });
    const before = evaluator.evaluate(initialModel(taskOf(kind)), heldOut);
    expect(before.correct / total).toBeLessThan(0.35);
  });
});

describe('a masked head', () => {
  it('keeps each frozen weight with the probability that the model says', () => {
    const task = taskOf('fedpm');
    const masked = new MaskedHead(task, 1);
    const latents = new Int32Array(parameterCount(task)).fill(-(2 ** 23)); // θ = ¼
    masked.load({ round: 0, fraction: 24, latents });
    const kept = new Float32Array(latents.length);
    const random = new Random(deriveSeed(1, 'masks'));
    for (let draw = 0; draw < 20; draw++) {
      masked.sample(random);
      masked.layers[0].layer.weights.forEach((weight, i) => {
        if (weight === 0) return;
        expect(weight).toBe(masked.layers[0].frozen[i]);
        kept[i] += 1 / (20 * kept.length);
      });
    }
    expect(kept.reduce((sum, share) => sum + share, 0)).toBeCloseTo(0.25, 2);
    expect(Math.abs(masked.layers[0].frozen[0])).toBeCloseTo(Math.sqrt(2 / BITS), 6);
  });

  it('is loaded and read back without a change', () => {
    const task = taskOf('fedpm');
    const masked = new MaskedHead(task, 1);
    const model = initialModel(task);
    masked.load(model);
    masked.latents(model.latents.length).forEach((latent, i) => {
      expect(latent).toBeCloseTo(model.latents[i] / 2 ** 24, 6);
    });
  });
});
