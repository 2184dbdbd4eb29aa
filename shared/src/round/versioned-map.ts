/**
 * An immutable map whose newest version costs a step to derive and to ask, however large it is.
 *
 * All versions share one table, which has the contents of the version asked last. Every other version
 * knows one difference and the version that it differs from; asking it turns the differences on the
 * way around ("rerooting": H. Baker, Shallow Binding Makes Functional Arrays Fast, 1991). A machine
 * that goes from state to state asks the newest, so it never turns anything; a test that compares an
 * old state still finds it as it was.
 */
export class VersionedMap<V> implements ReadonlyMap<string, V> {
  readonly size: number;
  /** The shared table where this version is the one that it holds, else the way there. */
  #held: Map<string, V> | Difference<V>;

  private constructor(held: Map<string, V> | Difference<V>, size: number) {
    this.#held = held;
    this.size = size;
  }

  /** The argument itself if it is a version already, else a copy. */
  static of<V>(entries: Iterable<readonly [string, V]>): VersionedMap<V> {
    if (entries instanceof VersionedMap) return entries;
    const table = new Map(entries);
    return new VersionedMap(table, table.size);
  }

  /** This version with one entry more, or another value for its key. */
  with(key: string, value: V): VersionedMap<V> {
    const table = this.#table();
    const had = table.has(key);
    const before = table.get(key);
    table.set(key, value);
    return this.#passOn(table, had ? { key, value: before as V } : { key });
  }

  /** This version without a key; itself if it has none. */
  without(key: string): VersionedMap<V> {
    const table = this.#table();
    if (!table.has(key)) return this;
    const value = table.get(key) as V;
    table.delete(key);
    return this.#passOn(table, { key, value });
  }

  has(key: string): boolean {
    return this.#table().has(key);
  }

  get(key: string): V | undefined {
    return this.#table().get(key);
  }

  /** In no particular order. A copy: other versions may be asked while it is walked. */
  entries(): MapIterator<[string, V]> {
    return new Map(this.#table()).entries();
  }

  keys(): MapIterator<string> {
    return new Map(this.#table()).keys();
  }

  values(): MapIterator<V> {
    return new Map(this.#table()).values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  get [Symbol.toStringTag](): string {
    return 'Map';
  }

  /** Hands the changed table to a new version; `undo` leads from there back to this one. */
  #passOn(table: Map<string, V>, undo: Undo<V>): VersionedMap<V> {
    const next = new VersionedMap(table, table.size);
    this.#held = { from: next, undo };
    return next;
  }

  /** The shared table, turned to this version. */
  #table(): Map<string, V> {
    if (this.#held instanceof Map) return this.#held;
    // Not by recursion: an old version may be many thousand steps away.
    const way: VersionedMap<V>[] = [];
    let root: VersionedMap<V> = this;
    while (!(root.#held instanceof Map)) {
      way.push(root);
      root = root.#held.from;
    }
    const table = root.#held;
    for (const version of way.reverse()) {
      const { from, undo } = version.#held as Difference<V>;
      const { key } = undo;
      from.#held = {
        from: version,
        undo: table.has(key) ? { key, value: table.get(key) as V } : { key },
      };
      if ('value' in undo) table.set(key, undo.value);
      else table.delete(key);
      version.#held = table;
    }
    return table;
  }
}

/** What to set, or, without a value, to delete. */
type Undo<V> = { readonly key: string; readonly value: V } | { readonly key: string };

interface Difference<V> {
  readonly from: VersionedMap<V>;
  readonly undo: Undo<V>;
}
