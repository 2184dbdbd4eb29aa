/** Multi-label: genes and their functions. */
import type { Section } from '../section.js';
import { HEAD, runCase } from './federation.js';

const SETTING = [
  '--dataset',
  'yeast',
  ...HEAD,
  '--output-layer',
  'trained',
  '--logit-scale',
  '0.5',
];

export const YEAST: Section = {
  name: 'yeast',
  title: 'Yeast, multi-label',
  about:
    '2,417 genes with 103 numeric features and 14 labels, 70 % for training. Binary heads on 16 quantile bits a feature, 256 hidden neurons, trained output layer; the perceptron on the standardized features. Losses: 0 is best; the other three: 1.',
  table: 'multi-label',
  figures: [],
  cases: [
    runCase(
      'binary head, central, 20 epochs',
      '',
      SETTING,
      ...['--clients', '1', '--cohort', '1'],
      ...['--rounds', '20', '--rule', 'fedavg'],
    ),
    runCase(
      'binary head, 10 clients, sign-vote',
      '',
      SETTING,
      ...['--clients', '10', '--cohort', '10'],
      ...['--rounds', '50', '--rule', 'sign-vote'],
    ),
    {
      row: 'fp32 perceptron, central, 20 epochs',
      column: '',
      command: 'baseline',
      args: ['--dataset', 'yeast', ...HEAD, '--epochs', '20'],
    },
  ],
};
