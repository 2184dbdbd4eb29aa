/** The headline figures: the rules that the platform is about, on both data sets. */
import type { Section } from '../section.js';
import { FEDERATION, HEAD, runCase } from './federation.js';

const MNIST = ['--dataset', 'mnist'];
const FASHION = ['--dataset', 'fashion-mnist', '--extractor', 'fashion-patches-784'];
const BITS_512 = ['--extractor', 'patches-512'];
const LONG = ['--clients', '100', '--cohort', '10', '--rounds', '100'];
const SIGN = ['--rule', 'sign-vote'];
const BLOCK = ['--rule', 'block-vote', '--share', '0.1', '--epochs', '5'];

export const HEADLINE: Section = {
  name: 'headline',
  title: 'Headline',
  about:
    '100 clients × 600 images, IID, 10 a round; 50 rounds, 256 hidden neurons, sign-vote 1 local epoch and block-vote 5, where nothing else is said.',
  table: 'list',
  figures: ['rounds'],
  cases: [
    runCase('MNIST, sign-vote', '', MNIST, BITS_512, HEAD, FEDERATION, SIGN),
    runCase(
      'MNIST, sign-vote, 1024 neurons',
      '',
      ...[MNIST, BITS_512],
      '--hidden',
      '1024',
      ...[FEDERATION, SIGN],
    ),
    runCase('MNIST, block-vote q=0.1', '', MNIST, BITS_512, HEAD, FEDERATION, BLOCK),
    runCase(
      'MNIST, block-vote q=0.1, 1568 bits, 100 rounds',
      '',
      ...[MNIST, '--extractor', 'patches-1568'],
      ...[HEAD, LONG, BLOCK],
    ),
    runCase('Fashion-MNIST, sign-vote, 784 bits', '', FASHION, HEAD, FEDERATION, SIGN),
    runCase('Fashion-MNIST, block-vote q=0.1, 784 bits', '', FASHION, HEAD, FEDERATION, BLOCK),
  ],
};
