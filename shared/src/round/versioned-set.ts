import { VersionedMap } from './versioned-map.js';

/** A {@link VersionedMap} of keys alone. */
export class VersionedSet implements ReadonlySet<string> {
  readonly #keys: VersionedMap<true>;

  private constructor(keys: VersionedMap<true>) {
    this.#keys = keys;
  }

  /** The argument itself if it is a version already, else a copy. */
  static of(keys: Iterable<string>): VersionedSet {
    if (keys instanceof VersionedSet) return keys;
    return new VersionedSet(VersionedMap.of([...keys].map((key) => [key, true])));
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  with(key: string): VersionedSet {
    return this.has(key) ? this : new VersionedSet(this.#keys.with(key, true));
  }

  without(key: string): VersionedSet {
    return this.has(key) ? new VersionedSet(this.#keys.without(key)) : this;
  }

  /** In no particular order. A copy: other versions may be asked while it is walked. */
  values(): SetIterator<string> {
    return new Set(this.#keys.keys()).values();
  }

  keys(): SetIterator<string> {
    return this.values();
  }

  entries(): SetIterator<[string, string]> {
    return new Set(this.#keys.keys()).entries();
  }

  [Symbol.iterator](): SetIterator<string> {
    return this.values();
  }

  forEach(visit: (value: string, key: string, set: ReadonlySet<string>) => void): void {
    for (const key of this) visit(key, key, this);
  }

  get [Symbol.toStringTag](): string {
    return 'Set';
  }
}
