/** What a participant sees of its session: events as it goes, a summary at its end. */
import type { FederationError, PublishedRound } from '@fedhybnn/shared';

export type SessionEvent =
  /** The coordinator knows this client; `task` is the federation's name for what is learned. */
  | { readonly type: 'joined'; readonly client: string; readonly task: string }
  /** Samples become latent bits; `done` is a share in (0, 1]. */
  | { readonly type: 'extracting'; readonly done: number }
  | { readonly type: 'extracted'; readonly samples: number; readonly ms: number }
  /** Connected, for the first time or again; `round` is the number of rounds published so far. */
  | { readonly type: 'online'; readonly round: number }
  /** Nothing to do until the next round. */
  | { readonly type: 'waiting' }
  /** The next round waits for clients: so many are there, and it takes so many. */
  | { readonly type: 'gathering'; readonly ready: number; readonly needed: number }
  /** Chosen for a round. */
  | { readonly type: 'round'; readonly round: number; readonly of: number }
  | {
      readonly type: 'epoch';
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
    }
  | { readonly type: 'uploading'; readonly round: number; readonly bytes: number }
  /** The update is committed at the coordinator; `receipt` is its sequence number there. */
  | {
      readonly type: 'accepted';
      readonly round: number;
      readonly receipt: number;
      readonly bytes: number;
    }
  /** The update does not count; the session goes on with the next round. */
  | {
      readonly type: 'refused';
      readonly round: number;
      readonly code: FederationError['code'];
      readonly message: string;
    }
  | ({ readonly type: 'published' } & PublishedRound)
  /** No connection; the next attempt follows by itself. */
  | { readonly type: 'offline'; readonly retryInMs: number; readonly error: FederationError }
  /** The last event. `error` is there if `why` is `failed`. */
  | {
      readonly type: 'ended';
      readonly why: SessionSummary['why'] | 'failed';
      readonly error?: FederationError;
    };

export type SessionListener = (event: SessionEvent) => void;

export interface SessionSummary {
  /** `federation-ended`: the last round was published; `stopped`: by `session.stop()` or its signal. */
  readonly why: 'federation-ended' | 'stopped';
  readonly client: string;
  readonly task: string;
  readonly parameters: number;
  /** Rounds whose updates of this client are committed. */
  readonly contributed: number;
  /** The global model that this client holds. */
  readonly model: { readonly round: number; readonly sha256: string };
  /** Central accuracy of the last published round heard of, in [0, 1]; null if none was told. */
  readonly accuracy: number | null;
  readonly traffic: TrafficCount;
}

/** Bytes of bodies: of HTTP requests and answers, and of update frames in socket messages. */
export interface TrafficCount {
  readonly sent: number;
  readonly received: number;
  /** Of `sent`: update frames. */
  readonly updates: number;
  /** Of `received`: steps and snapshots. */
  readonly models: number;
}

/** Counts a session's bytes. */
export class Traffic implements TrafficCount {
  sent = 0;
  received = 0;
  updates = 0;
  models = 0;

  /** The counts as they are now. */
  count(): TrafficCount {
    const { sent, received, updates, models } = this;
    return { sent, received, updates, models };
  }
}
