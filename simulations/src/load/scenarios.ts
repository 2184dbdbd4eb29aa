/** What is measured: each on a coordinator of its own, and with it in turn the rest of the machine. */
import { FederationError } from '@fedhybnn/shared';
import { Flood } from './flood.js';
import type { MeasuredCoordinator } from './measured-coordinator.js';
import { percentile } from './percentile.js';
import { ThinSocket } from './thin-socket.js';
import { Voters, type VotersResult } from './voters.js';
import { type LoadOptions, loadTask, withCoordinator } from './with-coordinator.js';

/** How often quiet and flood take turns. */
const TURNS = 3;
/** Sockets opened at a time. */
const STEP = 100;

export interface UpdatesFigures {
  readonly updatesPerSecond: number;
  readonly updateBytes: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly rounds: number;
  /** CPU time that the coordinator took for one update, its share of the round included. */
  readonly cpuMsPerUpdate: number;
}

/** Durable updates through the sockets, round after round, as fast as they are acknowledged. */
export async function measureUpdates(options: LoadOptions): Promise<UpdatesFigures> {
  const { clients, seconds } = options;
  const task = await loadTask(clients);
  return withCoordinator(options, task, async (coordinator) => {
    const voters = await Voters.connect(coordinator, task, clients);
    const before = await coordinator.cpuSeconds();
    const result = await voters.play(seconds);
    const cpu = (await coordinator.cpuSeconds()) - before;
    const rounds = await coordinator.rounds();
    voters.close();
    requireAcks(result);
    return {
      updatesPerSecond: result.acked / result.seconds,
      updateBytes: result.updateBytes,
      ackP50Ms: percentile(result.waits, 0.5),
      ackP99Ms: percentile(result.waits, 0.99),
      rounds,
      cpuMsPerUpdate: (1000 * cpu) / result.acked,
    };
  });
}

export interface IdleFigures {
  readonly idleSockets: number;
  /** By how much the coordinator has grown. */
  readonly idleRssMb: number;
  readonly idleTotalRssMb: number;
}

/** Clients who are ready and wait for a round that never opens. */
export async function measureIdle(options: LoadOptions): Promise<IdleFigures> {
  const { idle, note } = options;
  const task = await loadTask(idle + 1);
  return withCoordinator(options, task, async (coordinator) => {
    await settled();
    const before = await coordinator.rssMb();
    const sockets: ThinSocket[] = [];
    for (let i = 0; i < idle; i += STEP) {
      const step = Array.from({ length: Math.min(STEP, idle - i) }, (_, j) =>
        waiting(coordinator, `idle-${i + j}`),
      );
      sockets.push(...(await Promise.all(step)));
      if (sockets.length % 2000 === 0) note(`  ${sockets.length} sockets`);
    }
    await settled();
    const after = await coordinator.rssMb();
    for (const socket of sockets) socket.close();
    return { idleSockets: sockets.length, idleRssMb: after - before, idleTotalRssMb: after };
  });
}

async function waiting(coordinator: MeasuredCoordinator, client: string): Promise<ThinSocket> {
  const { port } = coordinator;
  const socket = await ThinSocket.open({ port, token: coordinator.token(client) });
  await socket.emit('ready', {});
  return socket;
}

export interface FloodFigures {
  readonly floodSockets: number;
  /** Connections that the flood made in all: the closed ones come again. */
  readonly floodConnections: number;
  readonly honestP99Ms: number;
  readonly floodP99Ms: number;
  readonly honestUpdatesPerSecond: number;
  readonly floodUpdatesPerSecond: number;
}

/**
 * The same clients without a flood and in it, in turn on one coordinator, so that whatever else the
 * machine does disturbs both alike.
 */
export async function measureFlood(options: LoadOptions): Promise<FloodFigures> {
  const { clients, seconds, flood: count, note } = options;
  const task = await loadTask(clients);
  return withCoordinator(options, task, async (coordinator) => {
    const voters = await Voters.connect(coordinator, task, clients);
    // The first rounds warm the coordinator up.
    await voters.play(seconds / TURNS);
    const quiet: VotersResult[] = [];
    const flooded: VotersResult[] = [];
    let connections = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      quiet.push(await voters.play(seconds / TURNS));
      const flood = new Flood(coordinator.port);
      await flood.start(count);
      note(`  turn ${turn + 1}: ${flood.connected} sockets of the flood are connected`);
      flooded.push(await voters.play(seconds / TURNS));
      flood.stop();
      connections += flood.connections;
      await settled();
    }
    voters.close();
    for (const result of [...quiet, ...flooded]) requireAcks(result);
    return {
      floodSockets: count,
      floodConnections: connections,
      honestP99Ms: p99Of(quiet),
      floodP99Ms: p99Of(flooded),
      honestUpdatesPerSecond: rateOf(quiet),
      floodUpdatesPerSecond: rateOf(flooded),
    };
  });
}

function p99Of(results: readonly VotersResult[]): number {
  return percentile(
    results.flatMap(({ waits }) => waits),
    0.99,
  );
}

function rateOf(results: readonly VotersResult[]): number {
  const sum = (of: (result: VotersResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return sum(({ acked }) => acked) / sum(({ seconds }) => seconds);
}

function requireAcks({ acked, refused }: VotersResult): void {
  if (acked > 0) return;
  throw new FederationError(
    'internal',
    `no update was acknowledged; the coordinator answered ${JSON.stringify(refused)}`,
  );
}

/** Lets a process come to rest before its memory is read. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3000));
}
