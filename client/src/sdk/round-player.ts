/**
 * Plays rounds as they are announced: catch up the model, train, send the update, follow the result.
 * One thing at a time; what is announced meanwhile waits its turn. Connections may come and go.
 */
import {
  type ErrorCode,
  encodeUpdate,
  FederationError,
  parameterCount,
  type RoundClosed,
  type RoundOpen,
  ruleFor,
  type Seed,
  sha256Hex,
} from '@fedhybnn/shared';
import type { PreparedTraining } from '../worker/trainer.js';
import { backoff } from './backoff.js';
import type { PendingUpdate } from './client-storage.js';
import type { TaskDescription } from './coordinator-http.js';
import type { SessionListener } from './events.js';
import type { Membership } from './membership.js';
import type { HeldModel, ModelSync, ModelTarget } from './model-sync.js';
import { retrying } from './retrying.js';
import type { Uploader } from './uploader.js';
import { childController, pause, unlessAborted } from './waiting.js';

export interface RoundPlayerParts {
  readonly description: TaskDescription;
  readonly membership: Membership;
  readonly sync: ModelSync;
  readonly uploader: Uploader;
  readonly training: PreparedTraining;
  readonly seed: Seed;
  readonly emit: SessionListener;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** The update may count yet if its round opens again. */
const MAY_REOPEN: readonly ErrorCode[] = ['round-closed', 'not-in-cohort'];
/** Refusals in a row that no new round explains, before the session gives up. */
const STRIKES = 3;
/** How long an update whose fate is open waits for a connection after the federation has ended. */
const LAST_CHANCE_MS = 5_000;

export class RoundPlayer {
  /** Rounds whose updates are committed. */
  contributed = 0;
  /** Central accuracy of the last published round heard of, in [0, 1]. */
  accuracy: number | null;
  private next: RoundOpen | undefined;
  private playing: { readonly open: RoundOpen; readonly controller: AbortController } | undefined;
  private committed: { readonly round: number; readonly base: string } | undefined;
  private published: RoundClosed[] = [];
  private ended = false;
  private strikes = 0;
  private idle = false;
  private wake: () => void = () => {};
  private readonly patience;

  constructor(private readonly parts: RoundPlayerParts) {
    this.accuracy = parts.description.latest.accuracy;
    this.patience = childController(parts.signal);
  }

  onRoundOpen(open: RoundOpen): void {
    // The same round again: a new attempt, or an invitation after a reconnection.
    if (this.playing && isFor(this.playing.open, open)) return;
    this.next = open;
    this.wake();
  }

  onRoundClosed(closed: RoundClosed): void {
    const { task: _task, ...published } = closed;
    this.accuracy = published.accuracy;
    this.parts.sync.hear(published);
    this.parts.emit({ type: 'published', ...published });
    this.published.push(closed);
    if (this.playing && closed.round >= this.playing.open.round) {
      this.playing.controller.abort(
        new FederationError(
          'round-closed',
          `round ${closed.round} closed before the update was sent`,
        ),
      );
    }
    if (this.next && closed.round >= this.next.round) this.next = undefined;
    this.wake();
  }

  onEnded(): void {
    if (this.ended) return;
    this.ended = true;
    const error = new FederationError(
      'federation-ended',
      'the federation ended before the update was known to count',
    );
    this.playing?.controller.abort(error);
    pause(LAST_CHANCE_MS, this.parts.signal).then(
      () => this.patience.abort(error),
      () => {},
    );
    this.wake();
  }

  /** Plays until the federation has ended; rejects with the signal's reason. */
  async run(): Promise<void> {
    const { membership, signal } = this.parts;
    if (membership.pending) await this.send(membership.pending);
    for (;;) {
      signal.throwIfAborted();
      const closed = this.published.shift();
      if (closed) {
        await this.follow(closed);
      } else if (this.ended) {
        return;
      } else if (this.next) {
        const open = this.next;
        this.next = undefined;
        await this.play(open);
      } else {
        if (!this.idle) this.parts.emit({ type: 'waiting' });
        this.idle = true;
        const change = new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        await unlessAborted(change, signal);
      }
    }
  }

  /** Brings the model up to `target`, however often the network fails. */
  catchUp(target: ModelTarget, signal: AbortSignal): Promise<HeldModel> {
    return retrying(() => this.parts.sync.catchUp(target), {
      waits: backoff({ seed: this.parts.seed }),
      signal,
      onWait: (error, retryInMs) => this.parts.emit({ type: 'offline', error, retryInMs }),
    });
  }

  private async play(open: RoundOpen): Promise<void> {
    if (this.committed && isFor(this.committed, open)) return;
    this.idle = false;
    const controller = childController(this.parts.signal);
    this.playing = { open, controller };
    try {
      const { pending } = this.parts.membership;
      const update =
        pending && isFor(pending.header, open)
          ? pending
          : await this.train(open, controller.signal);
      controller.signal.throwIfAborted();
      await this.send(update);
    } catch (thrown) {
      this.parts.signal.throwIfAborted();
      if (thrown !== controller.signal.reason) throw thrown;
      this.refused(open.round, thrown as FederationError);
    } finally {
      controller.release();
      this.playing = undefined;
    }
  }

  private async train(open: RoundOpen, signal: AbortSignal): Promise<PendingUpdate> {
    const { description, emit, membership, training } = this.parts;
    const { task, hash } = description;
    const { round, base, seed: roundSeed } = open;
    emit({ type: 'round', round, of: task.federation.rounds });
    const { model } = await this.catchUp({ round: round - 1, sha256: base }, signal);
    const { payload } = await unlessAborted(
      training.train({
        global: model,
        round,
        roundSeed,
        client: membership.client,
        onEpoch: (progress) => {
          if (!signal.aborted) emit({ type: 'epoch', ...progress });
        },
        signal,
      }),
      signal,
    );
    const frame = encodeUpdate({
      rule: ruleFor(task.federation.rule),
      taskHash: hash,
      baseHash: base,
      round,
      parameters: parameterCount(task),
      payload,
    });
    const pending = { header: { round, base, digest: sha256Hex(frame) }, frame };
    await membership.keepPending(pending);
    return pending;
  }

  private async send({ header, frame }: PendingUpdate): Promise<void> {
    const { emit, membership, signal, uploader } = this.parts;
    const { round, base } = header;
    const result = await uploader.upload(header, frame, signal, this.patience.signal);
    if ('error' in result) {
      if (!MAY_REOPEN.includes(result.error.code)) await membership.clearPending();
      this.refused(round, result.error);
      return;
    }
    await membership.clearPending();
    this.committed = { round, base };
    this.contributed++;
    this.strikes = 0;
    emit({ type: 'accepted', round, receipt: result.receipt.sequence, bytes: frame.length });
  }

  /** The update does not count. Refusals that are not a matter of time end the session if they repeat. */
  private refused(round: number, error: FederationError): void {
    this.parts.emit({ type: 'refused', round, code: error.code, message: error.message });
    if (error.code === 'federation-ended') this.onEnded();
    else if (!isMatterOfTime(error) && ++this.strikes >= STRIKES) throw error;
  }

  /** The result of a round that this client played is fetched at once, others when needed. */
  private async follow({ round, model }: RoundClosed): Promise<void> {
    const { pending } = this.parts.membership;
    if (pending && pending.header.round <= round) await this.parts.membership.clearPending();
    const superseded = this.published.length > 0 || this.next !== undefined;
    if (superseded || this.committed?.round !== round) return;
    await this.catchUp({ round, sha256: model }, this.parts.signal);
  }
}

function isFor(
  a: { readonly round: number; readonly base: string },
  b: { readonly round: number; readonly base: string },
): boolean {
  return a.round === b.round && a.base === b.base;
}

function isMatterOfTime({ code }: FederationError): boolean {
  return MAY_REOPEN.includes(code) || code === 'round-stale' || code === 'update-conflict';
}
