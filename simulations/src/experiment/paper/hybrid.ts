/** Hybrid against vanilla: what a frozen full-precision extractor is worth. */
import type { ExperimentCase, Section } from '../section.js';
import { CENTRAL, FEDERATION, HEAD, runCase } from './federation.js';

interface DatasetColumn {
  readonly title: string;
  readonly dataset: string;
  readonly extractors: Readonly<Record<string, string>>;
  /** The bits on which a real-valued head is measured too: it takes forty times as long. */
  readonly real: string;
}

const VANILLA = 'pixels, 784 bits';
const PATCHES_512 = 'patches of MNIST, 512 bits';
const PATCHES_784 = 'patches, 784 bits';
const PATCHES_1568 = 'patches, 1568 bits';
const VAE = 'binary autoencoder, 512 bits';

const DATASETS: readonly DatasetColumn[] = [
  {
    title: 'MNIST',
    dataset: 'mnist',
    extractors: {
      [VANILLA]: 'pixels',
      [PATCHES_512]: 'patches-512',
      [PATCHES_784]: 'patches-784',
      [PATCHES_1568]: 'patches-1568',
      [VAE]: 'vae-512',
    },
    real: PATCHES_512,
  },
  {
    title: 'Fashion-MNIST',
    dataset: 'fashion-mnist',
    extractors: {
      [VANILLA]: 'pixels',
      [PATCHES_512]: 'patches-512',
      [PATCHES_784]: 'fashion-patches-784',
      [PATCHES_1568]: 'fashion-patches-1568',
      [VAE]: 'fashion-vae-512',
    },
    real: PATCHES_784,
  },
];

export const HYBRID: Section = {
  name: 'hybrid',
  title: 'Hybrid against vanilla',
  about:
    'One head, 256 hidden neurons without batch normalization, on the bits of several extractors. Vanilla is input binarization: pixel ≥ 128. Central: all training samples in one place, 8 epochs. Federated: 100 clients, 10 a round, 50 rounds, 1 local epoch; binary heads by sign-vote, fp32 heads by federated averaging.',
  table: 'pivot',
  figures: ['dots'],
  cases: [
    ...DATASETS.flatMap(binaryHeads),
    ...DATASETS.map(realHead),
    ...DATASETS.map(realPerceptron),
  ],
};

function on({ dataset, extractors }: DatasetColumn, bits: string): string[] {
  return ['--dataset', dataset, '--extractor', extractors[bits], ...HEAD];
}

function binaryHeads(data: DatasetColumn): ExperimentCase[] {
  const { title, extractors } = data;
  return Object.keys(extractors).flatMap((bits) => {
    const [row, options] = [`binary head, ${bits}`, on(data, bits)];
    return [
      runCase(row, `${title}, central`, options, CENTRAL, ['--rule', 'fedavg']),
      runCase(row, `${title}, federated`, options, FEDERATION, ['--rule', 'sign-vote']),
    ];
  });
}

function realHead(data: DatasetColumn): ExperimentCase {
  const [row, column] = [`fp32 head, ${data.real}`, `${data.title}, federated`];
  return runCase(row, column, on(data, data.real), FEDERATION, ['--rule', 'fedavg-fp32']);
}

function realPerceptron({ title, dataset }: DatasetColumn): ExperimentCase {
  return {
    row: 'fp32 perceptron, gray pixels',
    column: `${title}, central`,
    command: 'baseline',
    args: ['--dataset', dataset, ...HEAD, '--epochs', '8', '--batch', '100'],
  };
}
