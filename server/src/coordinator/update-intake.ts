/**
 * Takes updates in: checked against the round being played, reserved in the round machine, committed
 * with others, and only then answered.
 */
import {
  admitUpdate,
  decodeUpdate,
  FederationError,
  type Receipt,
  type RoundBinding,
  type RoundContext,
  type RoundEvent,
  type RoundState,
  type UpdateHeader,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';
import { GroupCommit } from '../store/group-commit.js';
import type { NewUpdate } from '../store/store.js';
import type { FederationParts } from './federation-parts.js';
import { busy, conflict, refusal } from './refusal.js';

/** Frames of one transaction. */
const GROUP_BYTES = 8 << 20;

/** The round being played, as it is at the moment of each call. */
export interface PlayedRound {
  stopped(): boolean;
  state(): RoundState;
  binding(): RoundBinding;
  context(): RoundContext;
  feed(event: RoundEvent): void;
  /** Stands still: what is stored is not known. */
  fail(cause: unknown): void;
  /** Milliseconds of the federation's clock. */
  now(): number;
}

export class UpdateIntake {
  private readonly commits: GroupCommit<NewUpdate, number>;
  /** Receipts of updates that are reserved and not yet committed, by round and client. */
  private readonly pending = new Map<string, Promise<Receipt>>();

  constructor(
    private readonly parts: Pick<FederationParts, 'task' | 'store' | 'log'>,
    private readonly played: PlayedRound,
  ) {
    this.commits = new GroupCommit((updates) => parts.store.commitUpdates(updates), {
      most: GROUP_BYTES,
      size: ({ frame }) => frame.length,
    });
  }

  /** Commits an update and returns its receipt; a repeated one gets the receipt of the first. */
  async submit(client: string, header: UpdateHeader, frame: Uint8Array): Promise<Receipt> {
    const { played } = this;
    if (played.stopped()) throw busy();
    const { round, digest } = header;
    if (contentHash(frame) !== digest) {
      throw new FederationError(
        'frame-corrupt',
        'update: field "digest" is not the SHA-256 of the frame; send it again',
      );
    }
    const key = `${round}/${client}`;
    const underWay = this.pending.get(key);
    if (underWay !== undefined) return repeat(await underWay, digest);

    // From here to the reservation nothing may wait: the answer must fit the state that follows.
    const state = played.state();
    const admission = admitUpdate(state, client, round, digest);
    if (admission.verdict !== 'accept') {
      // It may have its receipt, of this round or an earlier one.
      const stored = await this.receiptOf(client, round);
      if (stored !== null) return repeat(stored, digest);
      if (admission.verdict === 'refuse') throw refusal(admission.code, round, state.round);
      // What it repeats could not be committed after all: it is a new one now.
      return this.submit(client, header, frame);
    }
    const binding = played.binding();
    const payload = decodeUpdate(frame, binding);
    if (header.base !== binding.baseHash) {
      throw new FederationError(
        'wrong-base',
        'update: field "base" is not the model of this round; fetch the current model',
      );
    }
    binding.rule.check(payload, played.context());
    const receipt = this.commit(client, round, digest, frame);
    this.pending.set(key, receipt);
    played.feed({ type: 'update', client, digest, now: played.now() });
    try {
      return await receipt;
    } finally {
      this.pending.delete(key);
    }
  }

  private async receiptOf(client: string, round: number): Promise<Receipt | null> {
    const { store, task, log } = this.parts;
    try {
      return await store.findUpdate(task.id, round, client);
    } catch (cause) {
      log.error({ err: cause, client, round }, 'a receipt could not be looked up');
      throw new FederationError(
        'store-failed',
        'whether the update is stored cannot be looked up now; send it again later',
        { cause },
      );
    }
  }

  /** Resolves when nothing that was reserved before is undecided. */
  flush(): Promise<void> {
    return this.commits.flush();
  }

  private async commit(
    client: string,
    round: number,
    digest: string,
    frame: Uint8Array,
  ): Promise<Receipt> {
    const { task, log } = this.parts;
    try {
      const sequence = await this.commits.add({ task: task.id, round, client, digest, frame });
      return { sequence, digest };
    } catch (cause) {
      log.error({ err: cause, client, round }, 'an update could not be committed');
      // It may be there: neither a receipt nor a refusal would be true. The next start knows.
      if (cause instanceof FederationError && cause.code === 'store-lost') {
        this.played.fail(cause);
        throw busy();
      }
      this.played.feed({ type: 'update-lost', client, now: this.played.now() });
      throw new FederationError(
        'store-failed',
        'the update could not be stored and does not count; send it again later',
        { cause },
      );
    }
  }
}

function repeat(first: Receipt, digest: string): Receipt {
  if (first.digest === digest) return first;
  throw conflict();
}
