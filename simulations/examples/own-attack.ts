import {
  type Attack,
  type LabeledImages,
  type PartitionFunction,
  type SimulateOptions,
  simulate,
} from '@fedhybnn/simulations';

/** Client c holds a share of seven of ten labels, from label c on. */
const mostLabels: PartitionFunction = ({ labels, clients }) =>
  Array.from({ length: clients }, (_, c) =>
    [...labels.keys()].filter((i) => i % clients === c && (labels[i] - c + 1000) % 10 < 7),
  );

/** Every fifth client sends the opposite of its votes, which are one bit a parameter. */
const opposite: Attack = (updates) =>
  updates.map(({ index, payload }) => (index % 5 === 0 ? payload.map((byte) => ~byte) : payload));

export async function underAttack(training: LabeledImages, test: LabeledImages) {
  const options: SimulateOptions = {
    ...{ training, test, clients: 50, cohort: 20, rounds: 20, hidden: [256] },
    ...{ rule: 'sign-vote', partition: mostLabels, attack: opposite },
  };
  const open = await simulate(options);
  const screened = await simulate({ ...options, robust: 'outliers,reputation' });
  console.log(`accuracy ${open.accuracy}, with defenses ${screened.accuracy}`);
  return { open, screened };
}
