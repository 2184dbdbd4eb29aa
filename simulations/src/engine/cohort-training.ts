import type { Trainer } from '@fedhybnn/client/node';
import { type GlobalModel, roundSeed } from '@fedhybnn/shared';
import { encodedBy } from './own-rule.js';
import type { Simulation } from './simulation.js';
import { virtualClientId } from './virtual-client.js';

/** What a virtual client made of a model. */
export interface TrainedClient {
  /** Index of the virtual client. */
  readonly client: number;
  readonly payload: Uint8Array;
  /** Mean training loss of its last epoch. */
  readonly loss: number;
}

/** What a client is to train on. */
export interface TrainingOrder {
  /** Index of the virtual client. */
  readonly client: number;
  readonly global: GlobalModel;
  /** The round that follows that model, from 1. */
  readonly round: number;
}

/** Clients in training at once, a worker. */
const IN_FLIGHT = 4;

/** Trains virtual clients, a few at a time: what is in memory does not grow with the cohort. */
export class CohortTraining {
  constructor(
    private readonly simulation: Simulation,
    private readonly trainer: Trainer,
  ) {}

  /**
   * @param clients indices of virtual clients
   * @param round the round that they train for, from 1
   * @returns what they made, in the order of `clients`
   */
  train(
    clients: readonly number[],
    global: GlobalModel,
    round: number,
  ): AsyncGenerator<TrainedClient> {
    return this.trainAll(
      clients.map((client) => ({ client, global, round })),
      round,
    );
  }

  /**
   * @param updateFor the round that the updates are for, from 1: that of the orders or a later one
   * @returns what they made, in the order of `orders`
   */
  async *trainAll(
    orders: readonly TrainingOrder[],
    updateFor: number,
  ): AsyncGenerator<TrainedClient> {
    const inFlight: Promise<TrainedClient>[] = [];
    let next = 0;
    try {
      for (const _ of orders) {
        while (next < orders.length && inFlight.length < IN_FLIGHT * this.simulation.workers) {
          inFlight.push(this.trainOne(orders[next++], updateFor));
        }
        const first = inFlight.shift();
        if (first !== undefined) yield await first;
      }
    } finally {
      // Whoever stops taking leaves no training behind.
      await Promise.allSettled(inFlight);
    }
  }

  private async trainOne(
    { client, global, round }: TrainingOrder,
    updateFor: number,
  ): Promise<TrainedClient> {
    const { task, partition, training, rule } = this.simulation;
    const id = virtualClientId(client, partition.clients);
    const prepared = await this.trainer.prepare(task, training, partition.rows(client, round));
    const { payload, loss } = await prepared.train({
      global,
      round,
      roundSeed: roundSeed(task, round),
      ...(updateFor !== round && { updateFor }),
      client: id,
    });
    if (rule === undefined) return { client, payload, loss };
    const own = encodedBy(rule, payload, global, { task, round, client: id });
    return { client, payload: own, loss };
  }
}
