/** Rule against rule: accuracy for bytes. */
import type { Section } from '../section.js';
import { FEDERATION, HEAD, runCase } from './federation.js';

const SETTING = ['--dataset', 'mnist', '--extractor', 'patches-512', ...HEAD, ...FEDERATION];

const RULES: readonly (readonly [row: string, ...args: string[]])[] = [
  ['fedavg-fp32 (real-valued head)', '--rule', 'fedavg-fp32'],
  ['fedavg (latents)', '--rule', 'fedavg'],
  ['eden', '--rule', 'eden'],
  ['fedvote, 5 epochs', '--rule', 'fedvote', '--epochs', '5'],
  ['fedpm', '--rule', 'fedpm'],
  ['sign-vote', '--rule', 'sign-vote'],
  ['block-vote q=0.25, 1 epoch', '--rule', 'block-vote', '--share', '0.25', '--epochs', '1'],
  ['block-vote q=0.1, 5 epochs', '--rule', 'block-vote', '--share', '0.1', '--epochs', '5'],
  ['block-vote q=0.05, 5 epochs', '--rule', 'block-vote', '--share', '0.05', '--epochs', '5'],
  ['flip-vote', '--rule', 'flip-vote'],
];

export const RULES_SECTION: Section = {
  name: 'rules',
  title: 'Rule against rule',
  about:
    'MNIST, patches 512 bits, head 512-256-10, 100 clients × 600 images, IID, 10 a round, 50 rounds; 1 local epoch where nothing else is said.',
  table: 'list',
  figures: ['rounds', 'bytes'],
  cases: RULES.map(([row, ...args]) => runCase(row, '', SETTING, args)),
};
