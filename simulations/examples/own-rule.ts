import { BitMatrix, Random } from '@fedhybnn/shared';
import { type CustomRule, type RoundObserver, simulate } from '@fedhybnn/simulations';

/** A parameter moves where at least seven in ten clients agree where to. */
const agreed: CustomRule = {
  name: 'agreed',
  aggregate: (drifts) =>
    drifts[0].map((_, i) => {
      const up = drifts.filter((drift) => drift[i] > 0).length / drifts.length;
      return up >= 0.7 ? 0.02 : up <= 0.3 ? -0.02 : 0;
    }),
};

/** How many weights changed their sign. */
const flips: RoundObserver = {
  observe: ({ model, previousModel: { latents } }) => ({
    flips: model.latents.filter((latent, i) => latent >= 0 !== latents[i] >= 0).length,
  }),
};

/** Samples of one's own, here bits: which of the three parts has the most bits set? */
function samples(count: number, seed: string) {
  const random = new Random(seed);
  const values = Float32Array.from({ length: count * 96 }, () => random.unit() - 0.5);
  const sum = (i: number, part: number) =>
    values.slice(i * 96 + part * 32, i * 96 + part * 32 + 32).filter((v) => v >= 0).length;
  const most = (i: number) => [0, 1, 2].reduce((a, b) => (sum(i, b) > sum(i, a) ? b : a));
  const labels = Int32Array.from({ length: count }, (_, i) => most(i));
  return { bits: BitMatrix.fromSigns(count, 96, values), labels };
}

export function withOwnRule() {
  return simulate({
    training: samples(3000, '01'.repeat(16)),
    test: samples(1000, '02'.repeat(16)),
    ...{ clients: 30, rounds: 15, partition: 'dirichlet:0.5', hidden: [64] },
    rule: agreed,
    observers: [flips],
    onRound: ({ round, accuracy, extra }) => console.log(round, accuracy, extra?.flips),
  });
}
