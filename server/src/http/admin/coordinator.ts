/** `GET /v1/admin/coordinator`: the process, its machine, and what its state takes. */
import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type CoordinatorReply, coordinatorReplySchema } from '@fedhybnn/shared';
import type { Store } from '../../store/store.js';
import { operatorView, type Route } from '../route.js';

export interface CoordinatorPlace {
  readonly data: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How many are connected. */
  readonly sockets: () => number;
}

export function coordinatorRoute(store: Store, place: CoordinatorPlace): Route {
  return operatorView({
    path: '/v1/admin/coordinator',
    summary: 'Since when the coordinator runs, where others reach it, and what its state takes',
    reply: coordinatorReplySchema,
    handle: async (): Promise<CoordinatorReply> => ({
      ...{ startedAt: place.startedAt, sockets: place.sockets(), node: process.versions.node },
      addresses: outsideAddresses(),
      storage: { ...(await store.size()), ...(await diskOf(place.data)) },
    }),
  });
}

async function diskOf(
  folder: string,
): Promise<{ freeBytes: number | null; diskBytes: number | null }> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, diskBytes: blocks * bsize };
  } catch {
    return { freeBytes: null, diskBytes: null };
  }
}

function outsideAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
