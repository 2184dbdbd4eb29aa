/**
 * Global models in memory that threads share: a round's model is copied once, not once a job. The
 * memory is used again for later models, since engines free shared memory late.
 */
import type { GlobalModel } from '@fedhybnn/shared';
import { shared } from './shared-memory.js';

/** A model as jobs carry it. */
export interface SharedModel {
  /** The same key, the same model: what a thread made of it may be kept. */
  readonly key: number;
  readonly global: GlobalModel;
}

interface Slot {
  key: number;
  /** Whose copy the slot holds. */
  model: GlobalModel;
  global: GlobalModel;
  /** Jobs that read it. */
  users: number;
}

/** Slots that are kept for later models: the one being trained on, the one being evaluated, the next. */
const KEPT = 3;

export class ModelSlots {
  private readonly slots: Slot[] = [];
  private keys = 0;

  /** The model in shared memory, which stays as it is until {@link release}. */
  take(model: GlobalModel): SharedModel {
    const slot = this.slots.find((one) => one.model === model) ?? this.fill(model);
    slot.users++;
    return { key: slot.key, global: slot.global };
  }

  /** A job that took a model is done. */
  release({ key }: SharedModel): void {
    const at = this.slots.findIndex((one) => one.key === key);
    if (at < 0) return;
    this.slots[at].users--;
    if (this.slots[at].users === 0 && this.slots.length > KEPT) this.slots.splice(at, 1);
  }

  private fill(model: GlobalModel): Slot {
    const { round, fraction, latents } = model;
    const key = ++this.keys;
    const free = this.slots.length < KEPT ? undefined : this.oldestFree(latents);
    if (free === undefined) {
      const slot = { key, model, global: { round, fraction, latents: shared(latents) }, users: 0 };
      this.slots.push(slot);
      return slot;
    }
    free.global.latents.set(latents);
    free.global = { round, fraction, latents: free.global.latents };
    free.key = key;
    free.model = model;
    return free;
  }

  private oldestFree(latents: GlobalModel['latents']): Slot | undefined {
    return this.slots
      .filter(({ users, global }) => users === 0 && fits(global.latents, latents))
      .sort((a, b) => a.key - b.key)[0];
  }
}

function fits(into: GlobalModel['latents'], latents: GlobalModel['latents']): boolean {
  return into.constructor === latents.constructor && into.length === latents.length;
}
