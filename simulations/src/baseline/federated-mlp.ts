/**
 * Federated averaging of the real-valued perceptron (McMahan et al. 2017, arXiv 1602.05629): what a
 * federation without binary networks reaches, at 32 bits a parameter and direction.
 */
import { deriveSeed, Random } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Partition } from '../partitions/index.js';
import type { Features } from './features.js';
import { type Layer, layersOf, logitsOf, type MlpTraining, trainOn } from './mlp.js';

export interface MlpFederation {
  readonly partition: Partition;
  /** Clients a round. */
  readonly cohort: number;
  readonly rounds: number;
}

/**
 * Each client of a round trains `training.epochs` epochs with an Adam of its own; weights are
 * averaged by the clients' numbers of samples. `onEpoch` is called after every round.
 */
export async function federateMlp(
  training: MlpTraining,
  { partition, cohort, rounds }: MlpFederation,
): Promise<(of: Features) => Float32Array> {
  await tf.setBackend('wasm');
  const { seed, epochs } = training;
  const layers = layersOf(training);
  for (let round = 1; round <= rounds; round++) {
    const members = new Random(deriveSeed(seed, 'baseline', 'cohort', round)).sample(
      partition.clients,
      cohort,
    );
    const before = read(layers);
    const sums = before.map((values) => new Float64Array(values.length));
    let samples = 0;
    let loss = 0;
    for (const client of members) {
      write(layers, before);
      const optimizer = tf.train.adam(training.learningRate);
      const order = partition.rows(client);
      const random = new Random(deriveSeed(seed, 'baseline', 'round', round, client));
      for (let epoch = 0; epoch < epochs; epoch++) {
        random.shuffle(order);
        loss += (trainOn(order, training, layers, optimizer) * order.length) / epochs;
      }
      optimizer.dispose();
      samples += order.length;
      read(layers).forEach((values, v) => {
        for (let i = 0; i < values.length; i++) sums[v][i] += order.length * values[i];
      });
    }
    write(
      layers,
      sums.map((values) => Float32Array.from(values, (sum) => sum / samples)),
    );
    training.onEpoch?.(round, loss / samples);
    // Lets an interruption through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (of) => logitsOf(layers, of);
}

function variables(layers: readonly Layer[]): tf.Variable[] {
  return layers.flatMap(({ weights, biases }): tf.Variable[] => [weights, biases]);
}

function read(layers: readonly Layer[]): Float32Array[] {
  return variables(layers).map((variable) => Float32Array.from(variable.dataSync()));
}

function write(layers: readonly Layer[], values: readonly Float32Array[]): void {
  variables(layers).forEach((variable, v) => {
    tf.tidy(() => variable.assign(tf.tensor(values[v], variable.shape)));
  });
}
