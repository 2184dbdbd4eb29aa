/** A trainer that waits at a round until it is let go: the federation stands still meanwhile. */
import {
  InlineTrainer,
  type PreparedTraining,
  type Trainer,
  type TrainingRequest,
} from '@fedhybnn/client';
import type { LabeledBits, Task } from '@fedhybnn/shared';

export class HeldTrainer implements Trainer {
  private readonly inline = new InlineTrainer();
  private letGo: () => void = () => {};
  private held: Promise<void>;

  /** @param round at which it waits */
  constructor(private round: number) {
    this.held = this.hold();
  }

  /** Trains on, up to another round if one is named. */
  release(round = Number.POSITIVE_INFINITY): void {
    const go = this.letGo;
    this.round = round;
    this.held = this.hold();
    go();
  }

  async prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining> {
    const prepared = await this.inline.prepare(task, data, samples);
    return {
      train: async (request: TrainingRequest) => {
        if (request.round >= this.round) await this.held;
        return prepared.train(request);
      },
    };
  }

  close(): Promise<void> {
    return this.inline.close();
  }

  private hold(): Promise<void> {
    return new Promise((resolve) => {
      this.letGo = resolve;
    });
  }
}
