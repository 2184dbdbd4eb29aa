/** Who fetches the model next: a seeded choice among those who are there and have nothing to do. */
import { deriveSeed, Random } from '@fedhybnn/shared';

/** Draws before the clients are gone through one by one. */
const DRAWS = 64;

export class Fetching {
  private readonly away = new Set<number>();
  /** Clients that train, and those that have fetched the current model already. */
  private readonly busy = new Set<number>();
  private readonly served = new Set<number>();
  private draws = 0;

  /** @param allReady whether everybody is there until told otherwise */
  constructor(
    private readonly clients: number,
    private readonly seed: number,
    allReady: boolean,
  ) {
    if (!allReady) for (let client = 0; client < clients; client++) this.away.add(client);
  }

  come(client: number): void {
    this.away.delete(client);
  }

  go(client: number): void {
    this.away.add(client);
    this.busy.delete(client);
  }

  /** It has answered, or is not waited for any more. */
  free(client: number): void {
    this.busy.delete(client);
  }

  /** There is a new model: everybody may fetch once more. */
  renew(): void {
    this.served.clear();
  }

  /** How many are training. */
  get training(): number {
    return this.busy.size;
  }

  /** A client that fetches the model now, or undefined where nobody can. */
  next(): number | undefined {
    const random = new Random(deriveSeed(this.seed, 'fetch', this.draws++));
    for (let draw = 0; draw < DRAWS; draw++) {
      const client = random.below(this.clients);
      if (this.isFree(client)) return this.take(client);
    }
    const start = random.below(this.clients);
    for (let i = 0; i < this.clients; i++) {
      const client = (start + i) % this.clients;
      if (this.isFree(client)) return this.take(client);
    }
    return undefined;
  }

  private isFree(client: number): boolean {
    return !this.away.has(client) && !this.busy.has(client) && !this.served.has(client);
  }

  private take(client: number): number {
    this.busy.add(client);
    this.served.add(client);
    return client;
  }
}
