/**
 * The last few things that were made of parts known by a key: what crosses to a thread comes as a
 * new object each time, but what was made of the first one serves all.
 */
export class Kept<K, T> {
  private readonly items = new Map<K, T>();

  /** @param limit how many are kept; the one asked for longest ago goes first */
  constructor(private readonly limit: number) {}

  get(key: K, make: () => T): T {
    const item = this.items.get(key) ?? make();
    this.items.delete(key);
    this.items.set(key, item);
    for (const oldest of this.items.keys()) {
      if (this.items.size <= this.limit) break;
      this.items.delete(oldest);
    }
    return item;
  }
}
