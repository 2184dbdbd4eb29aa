/**
 * The rows of the data set that each client holds. Rows are asked for when a client is chosen, so a
 * partition may derive them then: a client that is never chosen costs nothing.
 */
export interface Partition {
  readonly clients: number;
  /**
   * At least one row; the same at every call. The caller may keep and change the array.
   * @param client from 0
   * @param round from 1, for a partition that drifts; others give the same rows in every round
   */
  rows(client: number, round?: number): Uint32Array;
}

/**
 * A partition that is dealt in full: one array of rows, and where each client's rows begin in it. A
 * typed array a client would cost more than the rows of a small hand.
 */
export class DealtPartition implements Partition {
  private constructor(
    private readonly deck: Uint32Array,
    /** First row of each client, and the end of the last one's. */
    private readonly starts: Uint32Array,
  ) {}

  /** @param hands the rows of each client */
  static ofHands(hands: readonly ArrayLike<number>[]): DealtPartition {
    const starts = new Uint32Array(hands.length + 1);
    hands.forEach((hand, c) => {
      starts[c + 1] = starts[c] + hand.length;
    });
    const deck = new Uint32Array(starts[hands.length]);
    hands.forEach((hand, c) => {
      deck.set(hand, starts[c]);
    });
    return new DealtPartition(deck, starts);
  }

  /** A deck cut in equal hands: sizes differ by at most one. */
  static ofDeck(deck: Uint32Array, clients: number): DealtPartition {
    const cut = (_: unknown, c: number) => Math.floor((c * deck.length) / clients);
    return new DealtPartition(deck, Uint32Array.from({ length: clients + 1 }, cut));
  }

  get clients(): number {
    return this.starts.length - 1;
  }

  rows(client: number): Uint32Array {
    return this.deck.slice(this.starts[client], this.starts[client + 1]);
  }
}
