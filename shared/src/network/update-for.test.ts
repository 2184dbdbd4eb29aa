import { expect, it } from 'vitest';
import { BitMatrix, initialModel, LocalTrainer, mnistTask, parameterCount } from '../index.js';
import { Permutation } from '../random/permutation.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { roundSeed } from '../rules/seeds.js';

const extractor = { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 } as const;
const common = { extractor, hidden: [32], federation: { rounds: 9, goal: 4 } };
const training = { batch: 10, epochs: 1, learningRate: 0.01 };

it('an update for a later round votes on the block of that round, with the votes of its own training', async () => {
  const random = new Random(deriveSeed(1, 'samples'));
  const values = Float32Array.from({ length: 40 * 64 }, () => random.unit() - 0.5);
  const bits = BitMatrix.fromSigns(40, 64, values);
  const data = { bits, labels: Int32Array.from({ length: 40 }, (_, i) => i % 10) };
  const all = mnistTask({ ...common, training, rule: 'sign-vote' });
  const block = mnistTask({
    ...common,
    training,
    rule: { kind: 'block-vote', share: 0.25, serverStep: 0.03 },
  });
  const update = async (task: typeof all, updateFor?: number) => {
    const trainer = await LocalTrainer.create(task);
    const asked = { task, data, round: 2, roundSeed: roundSeed(task, 2), client: 'c', updateFor };
    return trainer.trainLocally({ ...asked, global: initialModel(task) }).payload;
  };
  const votes = await update(all);
  const bit = (bytes: Uint8Array, i: number) => (bytes[i >> 3] >> (i & 7)) & 1;
  const parameters = parameterCount(all);
  const length = Math.ceil(parameters / 4);
  for (const round of [2, 3, 4]) {
    const own = await update(block, round === 2 ? undefined : round);
    const seed = deriveSeed(block.federation.seed, 'block-order', 0);
    const at = new Permutation(parameters, seed).slice((round - 1) * length, round * length);
    const expected = Uint8Array.from(at, (p) => bit(votes, p));
    expect(Uint8Array.from(at, (_, i) => bit(own, i))).toEqual(expected);
  }
});
