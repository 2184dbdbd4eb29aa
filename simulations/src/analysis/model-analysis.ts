/** What is measured once, of the last model: whom it serves, and what it mistakes for what. */
import {
  BitMatrix,
  type Evaluator,
  type GlobalModel,
  HeadEvaluator,
  type LabeledBits,
  type Task,
} from '@fedhybnn/shared';
import type { Partition } from '../partitions/index.js';
import { type Confusion, confusionOf } from './class-accuracy.js';

/** Clients that are looked at; more say no more. */
const CLIENTS = 2000;
/** Clients whose labels are shown. */
const SHOWN = 40;

export interface ModelAnalysis {
  /** On the test samples; absent for multi-label tasks. */
  readonly confusion?: Confusion;
  /** Accuracy of the global model on each client's own training rows, of at most 2,000 clients. */
  readonly clientAccuracy: readonly number[];
  /** Rows of each of those clients. */
  readonly clientRows: readonly number[];
  /** [client][label] rows of some clients; absent for multi-label tasks. */
  readonly clientLabels?: readonly (readonly number[])[];
}

export async function analyzeModel(
  task: Task,
  model: GlobalModel,
  evaluator: Evaluator,
  data: {
    readonly training: LabeledBits;
    readonly test: LabeledBits;
    readonly partition: Partition;
    /** Whose hands are looked at, where they drift. */
    readonly round: number;
  },
): Promise<ModelAnalysis> {
  const { training, test, partition, round } = data;
  const classes = task.labels.length;
  const chosen = spread(partition.clients, CLIENTS);
  const hands = chosen.map((client) => partition.rows(client, round));
  const right = await rightShares(task, model, evaluator, training, hands);
  return {
    ...('labels' in test && {
      confusion: confusionOf(test.labels, evaluator.answers(model, test.bits), classes),
    }),
    clientAccuracy: hands.map((rows) =>
      rounded(rows.reduce((sum, row) => sum + right[row], 0) / rows.length),
    ),
    clientRows: hands.map(({ length }) => length),
    ...('labels' in training && {
      clientLabels: spread(hands.length, SHOWN).map((i) => {
        const counts = new Array<number>(classes).fill(0);
        for (const row of hands[i]) counts[training.labels[row]]++;
        return counts;
      }),
    }),
  };
}

/** [row] in [0, 1]: 1 where the model's answer is right, a share of several labels; 0 where unused. */
async function rightShares(
  task: Task,
  model: GlobalModel,
  evaluator: Evaluator,
  data: LabeledBits,
  hands: readonly Uint32Array[],
): Promise<Float32Array> {
  const right = new Float32Array(data.bits.rows);
  const used = new Uint8Array(data.bits.rows);
  for (const rows of hands) for (const row of rows) used[row] = 1;
  const rows = Uint32Array.from(used.keys()).filter((row) => used[row] === 1);
  const bits = rowsOf(data.bits, rows);
  if ('labels' in data) {
    const answers = evaluator.answers(model, bits);
    rows.forEach((row, i) => {
      right[row] = Number(answers[i] === data.labels[row]);
    });
    return right;
  }
  const labels = task.labels.length;
  const logits = (await HeadEvaluator.create(task)).logits(model, bits);
  rows.forEach((row, i) => {
    let correct = 0;
    for (let n = 0; n < labels; n++) {
      correct += Number(logits[i * labels + n] >= 0 === data.targets.get(row, n));
    }
    right[row] = correct / labels;
  });
  return right;
}

function rowsOf({ bytes, rowBytes, cols, rows: all }: BitMatrix, rows: Uint32Array): BitMatrix {
  if (rows.length === all) return new BitMatrix(all, cols, bytes);
  const chosen = BitMatrix.create(rows.length, cols);
  rows.forEach((row, i) => {
    chosen.bytes.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), i * rowBytes);
  });
  return chosen;
}

/** At most so many of 0 … count − 1, evenly spread. */
function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
