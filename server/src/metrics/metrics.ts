/** What the coordinator tells Prometheus. Names and labels are a contract: docs/operations.md. */
import { type ErrorCode, FederationError, type PublishedRound } from '@fedhybnn/shared';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Of one task. */
export interface TaskMetrics {
  /** Measures an update from its arrival to its answer. */
  update<T>(bytes: number, work: () => Promise<T>): Promise<T>;
  opened(): void;
  abandoned(): void;
  published(
    round: Pick<PublishedRound, 'round' | 'counted' | 'accuracy' | 'screened' | 'rolledBack'>,
  ): void;
}

/** What is looked at when somebody asks. */
export interface LiveTask {
  readonly id: string;
  readonly readyClients: number;
  readonly latest: { readonly round: number; readonly accuracy: number | null };
}

/** Seconds: from an update that meets an idle disk to one that nobody should wait for. */
const ACK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
const ROUND_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export class Metrics {
  private readonly registry = new Registry();
  private readonly updates;
  private readonly updateBytes;
  private readonly ackSeconds;
  private readonly rounds;
  private readonly roundSeconds;
  private readonly counted;
  private readonly screened;
  private live: () => readonly LiveTask[] = () => [];
  private sockets: () => number = () => 0;

  constructor() {
    const registers = [this.registry];
    this.updates = new Counter({
      name: 'fedhybnn_updates_total',
      help: 'Updates answered, by result: accepted, or the code of the error',
      labelNames: ['task', 'result'],
      registers,
    });
    this.updateBytes = new Counter({
      name: 'fedhybnn_update_bytes_total',
      help: 'Bytes of accepted updates, repeated uploads included',
      labelNames: ['task'],
      registers,
    });
    this.ackSeconds = new Histogram({
      name: 'fedhybnn_ack_seconds',
      help: 'From the arrival of an update to the receipt for it',
      labelNames: ['task'],
      buckets: ACK_BUCKETS,
      registers,
    });
    this.rounds = new Counter({
      name: 'fedhybnn_rounds_total',
      help: 'Rounds that are over, by outcome: published, rolled-back or abandoned',
      labelNames: ['task', 'outcome'],
      registers,
    });
    this.roundSeconds = new Histogram({
      name: 'fedhybnn_round_seconds',
      help: 'From the opening of a round to its published model',
      labelNames: ['task'],
      buckets: ROUND_BUCKETS,
      registers,
    });
    this.counted = new Counter({
      name: 'fedhybnn_counted_updates_total',
      help: 'Updates that were counted in a published round',
      labelNames: ['task'],
      registers,
    });
    this.screened = new Counter({
      name: 'fedhybnn_screened_updates_total',
      help: 'Accepted updates that the defenses of the task left out of the tally',
      labelNames: ['task'],
      registers,
    });
    this.gauges(registers);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Says where live figures come from. */
  watch(tasks: () => readonly LiveTask[], sockets: () => number): void {
    this.live = tasks;
    this.sockets = sockets;
  }

  forTask(task: string): TaskMetrics {
    let openedAt: number | undefined;
    return {
      update: async (bytes, work) => {
        const started = performance.now();
        try {
          const receipt = await work();
          this.updates.inc({ task, result: 'accepted' });
          this.updateBytes.inc({ task }, bytes);
          this.ackSeconds.observe({ task }, (performance.now() - started) / 1000);
          return receipt;
        } catch (thrown) {
          const result: ErrorCode = FederationError.from(thrown).code;
          this.updates.inc({ task, result });
          throw thrown;
        }
      },
      opened: () => {
        openedAt = performance.now();
      },
      abandoned: () => {
        openedAt = undefined;
        this.rounds.inc({ task, outcome: 'abandoned' });
      },
      published: ({ counted, screened = 0, rolledBack = false }) => {
        this.rounds.inc({ task, outcome: rolledBack ? 'rolled-back' : 'published' });
        this.counted.inc({ task }, counted - screened);
        this.screened.inc({ task }, screened);
        // After a restart nobody knows when the round was opened.
        if (openedAt === undefined) return;
        this.roundSeconds.observe({ task }, (performance.now() - openedAt) / 1000);
        openedAt = undefined;
      },
    };
  }

  /** Updates of a task by how they were answered: `accepted`, or the code of an error. */
  async answers(task: string): Promise<Record<string, number>> {
    const { values } = await this.updates.get();
    return Object.fromEntries(
      values
        .filter(({ labels }) => labels.task === task)
        .map(({ labels, value }) => [String(labels.result), value]),
    );
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private gauges(registers: Registry[]): void {
    const perTask = (name: string, help: string, value: (task: LiveTask) => number | null) => {
      const live = () => this.live();
      new Gauge({
        ...{ name, help, registers, labelNames: ['task'] },
        collect() {
          this.reset();
          for (const task of live()) {
            const now = value(task);
            if (now !== null) this.set({ task: task.id }, now);
          }
        },
      });
    };
    perTask(
      'fedhybnn_ready_clients',
      'Clients that are waiting for a round or play one',
      (task) => task.readyClients,
    );
    perTask('fedhybnn_round', 'Rounds published so far', (task) => task.latest.round);
    perTask(
      'fedhybnn_accuracy',
      'Accuracy of the latest model, where it is measured',
      (task) => task.latest.accuracy,
    );
    const sockets = () => this.sockets();
    new Gauge({
      name: 'fedhybnn_sockets',
      help: 'Connected sockets',
      registers,
      collect() {
        this.set(sockets());
      },
    });
  }
}
