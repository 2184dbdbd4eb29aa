const PREFIX = 'client-';

/** Ids of the virtual clients: padded, so that their order is that of their numbers. */
export function virtualClientId(index: number, clients: number): string {
  return `${PREFIX}${String(index).padStart(String(clients - 1).length, '0')}`;
}

/** The number of a virtual client, from 0, from an id made by {@link virtualClientId}. */
export function virtualClientIndex(id: string): number {
  return Number(id.slice(PREFIX.length));
}
