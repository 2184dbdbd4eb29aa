/**
 * A part of each client's samples that no client ever trains on: what a personal model is judged by.
 * A sample is held out or not for good, by a seeded choice of a fifth of all, so that none is trained
 * on by somebody else either, nor in another round of a drift.
 */
import { deriveSeed, Random } from '@fedhybnn/shared';
import type { Partition } from '../partitions/index.js';

/** One in so many. */
const HELD = 5;

export class HoldingOut implements Partition {
  private readonly held: Uint8Array;

  /** @param samples how many the partition deals from */
  constructor(
    private readonly whole: Partition,
    samples: number,
    seed: number,
  ) {
    this.held = new Uint8Array(samples);
    const random = new Random(deriveSeed(seed, 'held-out'));
    for (const row of random.sample(samples, Math.floor(samples / HELD))) this.held[row] = 1;
  }

  get clients(): number {
    return this.whole.clients;
  }

  /** What is trained on. A client all of whose samples are held out trains on them all the same. */
  rows(client: number, round?: number): Uint32Array {
    const rows = this.whole.rows(client, round);
    const trained = rows.filter((row) => this.held[row] === 0);
    return trained.length > 0 ? trained : rows;
  }

  /** What is not; empty for a client that has nothing held out, or nothing else. */
  heldOut(client: number, round?: number): Uint32Array {
    const rows = this.whole.rows(client, round);
    const held = rows.filter((row) => this.held[row] === 1);
    return held.length < rows.length ? held : new Uint32Array(0);
  }
}
