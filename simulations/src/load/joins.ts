/** Clients who join all at once, as when a hall of people scans one QR code. */
import {
  FederationError,
  type JoinRequest,
  joinReplySchema,
  PROTOCOL_VERSION,
  parse,
} from '@fedhybnn/shared';
import { percentile } from './percentile.js';
import { type LoadOptions, loadTask, withCoordinator } from './with-coordinator.js';

/** Requests under way at a time. */
const AT_ONCE = 100;

export interface JoinFigures {
  /** Each in the database before it is answered. */
  readonly joinsPerSecond: number;
  readonly joinP50Ms: number;
  readonly joinP99Ms: number;
}

export async function measureJoins(options: LoadOptions): Promise<JoinFigures> {
  const { joins } = options;
  const task = await loadTask(joins);
  return withCoordinator(options, task, async ({ port }) => {
    const waits: number[] = [];
    let next = 0;
    const joinSome = async () => {
      while (next < joins) {
        const client = `joiner-${next++}`;
        const sent = performance.now();
        await join(port, { task: task.id, client, protocol: PROTOCOL_VERSION });
        waits.push(performance.now() - sent);
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, joinSome));
    const seconds = (performance.now() - began) / 1000;
    return {
      joinsPerSecond: joins / seconds,
      joinP50Ms: percentile(waits, 0.5),
      joinP99Ms: percentile(waits, 0.99),
    };
  });
}

async function join(port: number, request: JoinRequest): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw new FederationError('internal', `a client could not join: ${JSON.stringify(answer)}`);
  }
  parse(joinReplySchema, answer, 'join');
}
