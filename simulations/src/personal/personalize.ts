/**
 * Personalization: after the federation a client trains the global head some more on its own samples
 * (fine-tuning, as FedAvg's local adaptation: Yu, Bagdasaryan & Shmatikov, arXiv 2002.04758; Cheng,
 * Chadha & Duchi, arXiv 2108.07313). Both heads are judged on samples of the client's own that nobody
 * has trained on, and so by its own distribution of labels.
 */
import {
  BitMatrix,
  deriveSeed,
  FederationError,
  type GlobalModel,
  HeadEvaluator,
  isBinary,
  type LabeledBits,
  LocalTrainer,
  Random,
  type Task,
} from '@fedhybnn/shared';
import type { HoldingOut } from './held-out.js';

export interface PersonalizeSettings {
  /** At most so many clients, a seeded choice. */
  readonly clients: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** One client's accuracies on its held-out samples, in [0, 1]. */
export interface PersonalResult {
  readonly client: number;
  readonly trained: number;
  readonly heldOut: number;
  readonly global: number;
  readonly personal: number;
}

export interface Personalizing {
  readonly task: Task;
  readonly model: GlobalModel;
  readonly training: LabeledBits;
  readonly partition: HoldingOut;
  /** The last one of the run, for partitions that drift. */
  readonly round: number;
}

/** @throws FederationError `bad-request` where the rule or the optimizer has no head to fine-tune */
export function checkPersonalize({ federation, training }: Task): void {
  if (isBinary(federation.rule) && training.optimizer.kind !== 'bop') return;
  throw new FederationError(
    'bad-request',
    '--personalize: fine-tunes the latents of a binary head; choose another --rule than fedpm and fedavg-fp32, and another --optimizer than bop',
  );
}

/** Clients that have nothing held out are passed over. */
export async function personalize(
  { task, model, training, partition, round }: Personalizing,
  { clients, epochs, learningRate, seed }: PersonalizeSettings,
): Promise<PersonalResult[]> {
  checkPersonalize(task);
  const trainer = await LocalTrainer.create(task);
  const evaluator = await HeadEvaluator.create(task);
  const chosen = new Random(deriveSeed(seed, 'personalized')).sample(partition.clients, clients);
  const results: PersonalResult[] = [];
  for (const client of chosen) {
    const held = partition.heldOut(client, round);
    if (held.length === 0) continue;
    const samples = partition.rows(client, round);
    const own = takeSamples(training, held);
    const accuracy = (judged: GlobalModel) => {
      const { correct, total } = evaluator.evaluate(judged, own);
      return correct / total;
    };
    trainer.load(model);
    trainer.run({
      ...{ data: training, samples, epochs, learningRate },
      seed: deriveSeed(seed, 'personalize', client),
    });
    results.push({
      ...{ client, trained: samples.length, heldOut: held.length },
      global: accuracy(model),
      personal: accuracy(asModel(trainer.latents(), model)),
    });
  }
  return results;
}

/** In the fixed point of the global model; no latent changes its sign by rounding. */
function asModel(
  latents: Float32Array,
  { fraction, round, latents: like }: GlobalModel,
): GlobalModel {
  const rounded = fraction === 15 ? new Int16Array(like.length) : new Int32Array(like.length);
  const one = fraction === 15 ? 32_768 : 16_777_216;
  const most = fraction === 15 ? 32_767 : one;
  for (let i = 0; i < rounded.length; i++) {
    const value = Math.max(-most, Math.min(most, Math.round(latents[i] * one)));
    rounded[i] = latents[i] < 0 ? Math.min(-1, value) : value;
  }
  return { round, fraction, latents: rounded };
}

function takeSamples(data: LabeledBits, rows: Uint32Array): LabeledBits {
  const bits = takeRows(data.bits, rows);
  return 'targets' in data
    ? { bits, targets: takeRows(data.targets, rows) }
    : { bits, labels: Int32Array.from(rows, (row) => data.labels[row]) };
}

function takeRows(matrix: BitMatrix, rows: Uint32Array): BitMatrix {
  const taken = BitMatrix.create(rows.length, matrix.cols);
  rows.forEach((row, i) => {
    taken.row(i).set(matrix.row(row));
  });
  return taken;
}
