/**
 * Adds up one-bit votes, eight at a time: a table spreads a byte of votes over eight byte lanes, two
 * 32-bit additions count them, and the lanes are emptied before one can overflow.
 */
import type { Tally } from './rule.js';

/** A lane holds a byte. */
const LANE_LIMIT = 255;

/** SPREAD[2v] and SPREAD[2v + 1]: the bits of byte v as eight bytes, in memory order. */
const SPREAD = new Uint32Array(
  Uint8Array.from({ length: 256 * 8 }, (_, i) => ((i >> 3) >> (i & 7)) & 1).buffer,
);

/** Counts votes packed as sign-vote packs them (parameter i is bit i % 8 of byte i >> 3). */
export class VoteCounter {
  private count = 0;
  /** Updates counted in the lanes only. */
  private inLanes = 0;
  /** +1 votes since the lanes were last emptied, a byte a parameter. */
  private readonly lanes: Uint32Array;
  /** +1 votes before that. */
  private readonly ups: Int32Array;

  constructor(parameters: number) {
    this.lanes = new Uint32Array(2 * ((parameters + 7) >> 3));
    this.ups = new Int32Array(parameters);
  }

  /** @param payload ⌈parameters / 8⌉ bytes */
  add(payload: Uint8Array): void {
    if (this.inLanes === LANE_LIMIT) this.empty();
    const { lanes } = this;
    for (let j = 0; j < payload.length; j++) {
      const byte = 2 * payload[j];
      lanes[2 * j] += SPREAD[byte];
      lanes[2 * j + 1] += SPREAD[byte + 1];
    }
    this.count++;
    this.inLanes++;
  }

  /** Sums of ±1: twice the +1 votes, minus all votes. */
  tally(): Tally {
    this.empty();
    const { count } = this;
    const sums = new Int32Array(this.ups.length);
    for (let i = 0; i < sums.length; i++) sums[i] = 2 * this.ups[i] - count;
    return { count, sums };
  }

  private empty(): void {
    const { ups } = this;
    const lanes = new Uint8Array(this.lanes.buffer);
    for (let i = 0; i < ups.length; i++) ups[i] += lanes[i];
    lanes.fill(0);
    this.inLanes = 0;
  }
}
