/**
 * Training samples of attackers in the place of their own. They are put behind the others and only
 * attackers are pointed to them, so that a row that honest clients hold, too, stays as it is.
 */
import {
  BitMatrix,
  FederationError,
  type LabeledBits,
  type SingleLabelBits,
} from '@fedhybnn/shared';
import type { Partition } from '../partitions/index.js';

/** What a federation trains on, and who holds what. */
export interface HeldSamples {
  readonly training: LabeledBits;
  readonly partition: Partition;
  /** How many rounds have hands of their own, where the partition drifts; default 1. */
  readonly rounds?: number;
}

/**
 * @param poison the attackers' samples instead of these rows of `training`, in their order
 * @throws FederationError `bad-request` where a sample has several labels
 */
export async function poisoned(
  { training, partition, rounds = 1 }: HeldSamples,
  attackers: readonly number[],
  poison: (rows: Uint32Array) => SingleLabelBits | Promise<SingleLabelBits>,
): Promise<Omit<HeldSamples, 'rounds'>> {
  const own = singleLabels(training);
  const rows = rowsOf(partition, attackers, rounds);
  const forged = await poison(rows);
  const placeOf = new Map(Array.from(rows, (row, i) => [row, own.bits.rows + i]));
  const poisoner = new Set(attackers);
  return {
    training: joined(own, forged),
    partition: {
      clients: partition.clients,
      rows(client, round) {
        const held = partition.rows(client, round);
        return poisoner.has(client) ? held.map((row) => placeOf.get(row) ?? row) : held;
      },
    },
  };
}

/** Every attacker holds what the first one does. */
export function sharedHand(partition: Partition, attackers: readonly number[]): Partition {
  const [first] = attackers;
  const sybils = new Set(attackers);
  return {
    clients: partition.clients,
    rows: (client, round) => partition.rows(sybils.has(client) ? first : client, round),
  };
}

/** The attackers' rows of all rounds, ascending, each once. */
function rowsOf(partition: Partition, attackers: readonly number[], rounds: number): Uint32Array {
  const held = new Set<number>();
  for (const attacker of attackers) {
    for (let round = 1; round <= rounds; round++) {
      for (const row of partition.rows(attacker, round)) held.add(row);
    }
  }
  return Uint32Array.from(held).sort();
}

function joined(a: SingleLabelBits, b: SingleLabelBits): SingleLabelBits {
  const bits = BitMatrix.create(a.bits.rows + b.bits.rows, a.bits.cols);
  bits.bytes.set(a.bits.bytes);
  bits.bytes.set(b.bits.bytes, a.bits.bytes.length);
  const labels = new Int32Array(bits.rows);
  labels.set(a.labels);
  labels.set(b.labels, a.labels.length);
  return { bits, labels };
}

function singleLabels(data: LabeledBits): SingleLabelBits {
  if ('labels' in data) return data;
  throw new FederationError(
    'bad-request',
    '--attack label-flip and backdoor: need one label a sample; choose another attack',
  );
}
