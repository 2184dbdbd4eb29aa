/**
 * The same federation over real sockets: a coordinator with its store in a temporary folder, and a
 * headless client for each virtual one. Slower than in-process, and equal to it bit for bit.
 */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinFederation, type Session, type SessionEvent } from '@fedhybnn/client';
import { NodePool, type Trainer } from '@fedhybnn/client/node';
import { NO_LIMITS, startCoordinator } from '@fedhybnn/server';
import {
  decodeModel,
  encodeBitsFile,
  initialModel,
  type PublishedRound,
  parameterCount,
} from '@fedhybnn/shared';
import type { RoundMetrics } from '../engine/round-metrics.js';
import type { Simulation, SimulationResult } from '../engine/simulation.js';
import { virtualClientId } from '../engine/virtual-client.js';

/** Clients that join at the same time; the rest wait for their turn. */
const JOINING = 16;

/** Plays a whole federation with a coordinator and clients in this process. */
export async function simulateOverSockets(simulation: Simulation): Promise<SimulationResult> {
  const { task, test, extractorFile, workers, signal } = simulation;
  const data = await mkdtemp(join(tmpdir(), 'fedhybnn-wire-'));
  const trainer = new NodePool({ workers });
  const stop = new AbortController();
  // Every session listens to it.
  setMaxListeners(0, stop.signal);
  // All clients have this address.
  const limits = NO_LIMITS;
  const coordinator = await startCoordinator({ data, port: 0, host: '127.0.0.1', limits });
  try {
    const evaluation = encodeBitsFile(test, task.labels.length);
    await coordinator.createTask(task, { extractor: extractorFile, evaluation });
    const recorder = new Recorder(simulation);
    const sessions = await joinAll(simulation, coordinator.url, trainer, stop.signal, recorder);
    const interrupt = () => stop.abort();
    signal?.addEventListener('abort', interrupt, { once: true });
    await Promise.all(sessions.map(({ finished }) => finished.catch(rethrowUnless(stop.signal))));
    signal?.removeEventListener('abort', interrupt);
    return await recorder.result(coordinator.url);
  } finally {
    stop.abort();
    await coordinator.close();
    await trainer.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function joinAll(
  { task, training, partition }: Simulation,
  url: string,
  trainer: Trainer,
  signal: AbortSignal,
  recorder: Recorder,
): Promise<Session[]> {
  const sessions: Session[] = [];
  let next = 0;
  const worker = async () => {
    while (next < partition.clients && !signal.aborted) {
      const index = next++;
      sessions.push(
        await joinFederation({
          url: `${url}/${task.id}`,
          client: virtualClientId(index, partition.clients),
          data: { kind: 'bits', data: training, samples: partition.rows(index) },
          trainer,
          signal,
          onEvent: (event) => recorder.take(event),
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(JOINING, partition.clients) }, worker));
  return sessions;
}

/** A session that was stopped has nothing to say; any other failure is the run's. */
function rethrowUnless(signal: AbortSignal) {
  return (error: unknown) => {
    if (!signal.aborted) throw error;
  };
}

/** What the clients hear of the rounds, each round once, in order. */
class Recorder {
  private readonly rounds: RoundMetrics[] = [];
  private readonly start = performance.now();
  private roundStart = this.start;

  constructor(private readonly simulation: Simulation) {}

  take(event: SessionEvent): void {
    if (event.type !== 'published' || event.round !== this.rounds.length + 1) return;
    const metrics = this.metricsOf(event);
    this.rounds.push(metrics);
    this.simulation.onRound?.(metrics);
  }

  private metricsOf(published: PublishedRound): RoundMetrics {
    const { partition, task } = this.simulation;
    const { goal, overSelect } = task.federation;
    const cohort = Math.min(partition.clients, Math.ceil(goal * overSelect));
    const now = performance.now();
    const seconds = (now - this.roundStart) / 1000;
    this.roundStart = now;
    return {
      round: published.round,
      accuracy: published.accuracy,
      loss: null,
      counted: published.counted,
      screened: published.screened ?? 0,
      rolledBack: published.rolledBack ?? false,
      uplinkBytes: published.uplinkBytes,
      receivers: cohort,
      downlinkBytes: published.downlinkBytes * cohort,
      modelHash: published.model,
      seconds,
    };
  }

  /** The last model is fetched as any client would. */
  async result(url: string): Promise<SimulationResult> {
    const { task } = this.simulation;
    const modelHash = this.rounds.at(-1)?.modelHash;
    const seconds = (performance.now() - this.start) / 1000;
    const model =
      modelHash === undefined
        ? initialModel(task)
        : decodeModel(
            new Uint8Array(await (await fetch(`${url}/v1/files/${modelHash}`)).arrayBuffer()),
          );
    return {
      rounds: this.rounds,
      parameters: parameterCount(task),
      seconds,
      accuracy: this.rounds.at(-1)?.accuracy ?? 0,
      model,
      modelHash: modelHash ?? '',
    };
  }
}
