import { BitMatrix, deriveSeed, Random } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import type { Partition } from '../partitions/index.js';
import { flipLabels } from './label-flip.js';
import { poisoned, sharedHand } from './poison.js';

const random = new Random(deriveSeed(1, 'bits'));
const bits = BitMatrix.fromSigns(
  6,
  8,
  Float32Array.from({ length: 48 }, () => random.unit() - 0.5),
);
const labels = Int32Array.from([0, 1, 2, 0, 1, 2]);
const training = { bits, labels };
const dealt = (...hands: number[][]): Partition => ({
  clients: hands.length,
  rows: (client) => Uint32Array.from(hands[client]),
});
const held = ({ clients, rows }: Partition) =>
  Array.from({ length: clients }, (_, c) => [...rows(c)]);

describe('poisoned samples', () => {
  it('are those of attackers only, also where an honest client has the same rows', async () => {
    // As in a bootstrap: row 2 is held by the honest client 0 and the attackers 1 and 2.
    const partition = dealt([0, 1, 2], [2, 3], [5, 2]);
    const asked: number[][] = [];
    const { training: all, partition: after } = await poisoned(
      { training, partition },
      [1, 2],
      (rows) => {
        asked.push([...rows]);
        return { bits: BitMatrix.create(3, 8), labels: Int32Array.of(9, 9, 9) };
      },
    );
    expect(asked).toEqual([[2, 3, 5]]);
    expect(held(after)).toEqual([
      [0, 1, 2],
      [6, 7],
      [8, 6],
    ]);
    expect(after.clients).toBe(3);
    expect(all).toMatchObject({ labels: Int32Array.from([0, 1, 2, 0, 1, 2, 9, 9, 9]) });
    expect(all.bits.gatherRows([0, 1, 2, 3, 4, 5])).toEqual(bits);
    expect(all.bits.gatherRows([6, 7, 8])).toEqual(BitMatrix.create(3, 8));
  });

  it('are those of every round, where hands change from round to round', async () => {
    const drifting: Partition = {
      clients: 2,
      rows: (client, round = 1) => Uint32Array.of((client + round) % 4),
    };
    const held = { training, partition: drifting, rounds: 3 };
    const { partition: after } = await flipLabels(held, [0], 3);
    expect([1, 2, 3].map((round) => after.rows(0, round)[0])).toEqual([6, 7, 8]);
    expect([1, 2, 3].map((round) => after.rows(1, round)[0])).toEqual([2, 3, 0]);
  });

  it('by label flipping have the same bits and the labels turned around', async () => {
    const partition = dealt([0, 1, 2], [3, 4, 5]);
    const { training: all, partition: after } = await flipLabels({ training, partition }, [1], 3);
    expect(held(after)[0]).toEqual([0, 1, 2]);
    const rows = after.rows(1);
    expect(all.bits.gatherRows(rows)).toEqual(bits.gatherRows([3, 4, 5]));
    expect('labels' in all && Array.from(rows, (row) => all.labels[row])).toEqual([2, 1, 0]);
    expect([...labels]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('need one label a sample', async () => {
    const several = { training: { bits, targets: bits }, partition: dealt([0]) };
    await expect(flipLabels(several, [0], 8)).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('of sybils are the hand of one', () => {
    const hands = sharedHand(dealt([0, 1], [2], [3, 4, 5], [5]), [1, 3]);
    expect(held(hands)).toEqual([[0, 1], [2], [3, 4, 5], [2]]);
  });
});
