/** Partitions: what label skew costs. */
import type { Section } from '../section.js';
import { FEDERATION, HEAD, runCase } from './federation.js';

const SETTING = ['--dataset', 'mnist', '--extractor', 'patches-512', ...HEAD, ...FEDERATION];
const PARTITIONS = ['iid', 'dirichlet:0.3', 'dirichlet:0.1', 'classes:2'];
const RULES: readonly (readonly [column: string, ...args: string[]])[] = [
  ['sign-vote', '--rule', 'sign-vote'],
  ['block-vote q=0.1, 5 epochs', '--rule', 'block-vote', '--share', '0.1', '--epochs', '5'],
  ['fedavg-fp32 (real-valued head)', '--rule', 'fedavg-fp32'],
];

export const PARTITIONS_SECTION: Section = {
  name: 'partitions',
  title: 'Partitions',
  about:
    'MNIST, patches 512 bits, head 512-256-10, 100 clients × 600 images, 10 a round, 50 rounds, 1 local epoch where nothing else is said. dirichlet:α draws a label distribution for each client; classes:2 gives a client two of the ten digits and no others.',
  table: 'pivot',
  figures: ['dots'],
  cases: PARTITIONS.flatMap((partition) =>
    RULES.map(([column, ...args]) =>
      runCase(
        partition,
        column,
        SETTING,
        partition === 'iid' ? [] : ['--partition', partition],
        args,
      ),
    ),
  ),
};
