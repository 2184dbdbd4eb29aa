/** The virtual clients of a federation, by number and by id. */
import type { OrderedIds } from '@fedhybnn/shared';

const PREFIX = 'client-';

/** Ids of the virtual clients: padded, so that their order is that of their numbers. */
export function virtualClientId(index: number, clients: number): string {
  return `${PREFIX}${String(index).padStart(String(clients - 1).length, '0')}`;
}

/** The number of a virtual client, from 0, from an id made by {@link virtualClientId}. */
export function virtualClientIndex(id: string): number {
  return Number(id.slice(PREFIX.length));
}

/** The ids of all virtual clients: a set that holds none of them, so that a million cost nothing. */
export class VirtualClientIds implements OrderedIds {
  readonly [Symbol.toStringTag] = 'Set';

  constructor(readonly size: number) {}

  at(index: number): string {
    return virtualClientId(index, this.size);
  }

  has(id: string): boolean {
    const index = virtualClientIndex(id);
    return index >= 0 && index < this.size && id === this.at(index);
  }

  *values(): SetIterator<string> {
    for (let index = 0; index < this.size; index++) yield this.at(index);
  }

  keys(): SetIterator<string> {
    return this.values();
  }

  *entries(): SetIterator<[string, string]> {
    for (const id of this) yield [id, id];
  }

  [Symbol.iterator](): SetIterator<string> {
    return this.values();
  }

  forEach(visit: (value: string, key: string, set: ReadonlySet<string>) => void): void {
    for (const id of this) visit(id, id, this);
  }
}
