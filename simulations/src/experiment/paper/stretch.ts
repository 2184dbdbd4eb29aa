/** How far a tenth of a bit goes: wide heads on many bits, beside real-valued perceptrons. */
import type { ExperimentCase, Section } from '../section.js';
import { FEDERATION, HEAD, runCase } from './federation.js';

const WIDE = ['--hidden', '1024', '--clients', '100', '--cohort', '10', '--rounds', '100'];
const TENTH = ['--rule', 'block-vote', '--share', '0.099', '--epochs', '5'];
const MNIST = ['--dataset', 'mnist'];
const FASHION = ['--dataset', 'fashion-mnist'];

export const STRETCH: Section = {
  name: 'stretch',
  title: 'A tenth of a bit, wide',
  about:
    '100 clients × 600 images, IID, 10 a round. Block-vote: 1024 hidden neurons, 5 local epochs, 100 rounds. The fp32 perceptrons have 256 hidden neurons on gray pixels, 5 local epochs, 50 rounds of federated averaging at 32 bits a parameter and direction.',
  table: 'list',
  figures: ['rounds', 'bytes'],
  cases: [
    runCase(
      'MNIST, block-vote q=0.099, 1568 bits',
      '',
      ...[MNIST, '--extractor', 'patches-1568', WIDE, TENTH],
    ),
    perceptron('MNIST', MNIST),
    runCase(
      'Fashion-MNIST, block-vote q=0.099, 784 bits',
      '',
      ...[FASHION, '--extractor', 'fashion-patches-784', WIDE, TENTH],
    ),
    perceptron('Fashion-MNIST', FASHION),
  ],
};

function perceptron(title: string, dataset: readonly string[]): ExperimentCase {
  return {
    row: `${title}, fp32 perceptron, federated averaging`,
    column: '',
    command: 'baseline',
    args: [...dataset, ...HEAD, ...FEDERATION, '--epochs', '5'],
  };
}
