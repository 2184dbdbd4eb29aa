/**
 * Keeps a participant connected: connects, declares it ready, and when the connection is lost waits
 * a while and starts again, with a new token where the old one is not accepted.
 */
import {
  type ErrorCode,
  FederationError,
  type RoundClosed,
  type RoundGathering,
  type RoundOpen,
  type Seed,
} from '@fedhybnn/shared';
import { backoff } from './backoff.js';
import { Connection, type Disconnection } from './connection.js';
import type { Membership } from './membership.js';
import { isWorthRetrying } from './retrying.js';
import { childController, pause, unlessAborted } from './waiting.js';

export interface LinkOptions {
  readonly base: string;
  readonly membership: Membership;
  readonly seed: Seed;
  /** Longest wait for an answer. Milliseconds. */
  readonly answerMs: number;
  /** @param round number of rounds published so far */
  readonly onReady: (round: number) => void;
  readonly onRoundOpen: (message: RoundOpen) => void;
  readonly onRoundClosed: (message: RoundClosed) => void;
  readonly onRoundGathering: (message: RoundGathering) => void;
  readonly onEnded: () => void;
  readonly onOffline: (error: FederationError, retryInMs: number) => void;
}

const TOKEN_CODES: readonly ErrorCode[] = ['token-expired', 'token-invalid', 'token-missing'];

/** True where a new token may help. */
export function isTokenMatter(thrown: unknown): boolean {
  return thrown instanceof FederationError && TOKEN_CODES.includes(thrown.code);
}

export class Link {
  private connection: Connection | undefined;
  private readonly waiting = new Set<(connection: Connection) => void>();
  private waits: Iterator<number, never>;
  private goOn: () => void = () => {};

  constructor(private readonly options: LinkOptions) {
    this.waits = backoff({ seed: options.seed });
  }

  /** The live connection, or nothing. */
  get live(): Connection | undefined {
    return this.connection;
  }

  /** The live connection, as soon as there is one. Rejects with the signal's reason. */
  async current(signal: AbortSignal): Promise<Connection> {
    if (this.connection) return this.connection;
    let arrived: (connection: Connection) => void = () => {};
    const arrival = new Promise<Connection>((resolve) => {
      arrived = resolve;
    });
    this.waiting.add(arrived);
    try {
      return await unlessAborted(arrival, signal);
    } finally {
      this.waiting.delete(arrived);
    }
  }

  /** Something went well: the next loss is followed by a short wait again. */
  prosper(): void {
    this.waits = backoff({ seed: this.options.seed });
  }

  /** The network may be back: ends a wait before the next attempt, and waits are short again. */
  hurry(): void {
    this.prosper();
    this.goOn();
  }

  /** The network is gone: gives up the connection, whose end the socket may notice only much later. */
  reconnect(): void {
    this.connection?.close();
  }

  /**
   * Runs until the signal is aborted; rejects with its reason.
   * @throws FederationError that no further attempt can help
   */
  async maintain(signal: AbortSignal): Promise<never> {
    let renew = false;
    for (;;) {
      let lost: Disconnection;
      try {
        lost = await this.connectOnce(renew, signal);
        renew = false;
      } catch (thrown) {
        signal.throwIfAborted();
        if (isTokenMatter(thrown) && !renew) {
          renew = true;
          continue;
        }
        if (!isWorthRetrying(thrown)) throw thrown;
        lost = { error: thrown };
      }
      const { error, comeBackMs = 0 } = lost;
      const wait = this.waits.next().value;
      this.options.onOffline(error, comeBackMs + wait);
      // As long as the coordinator asked for; only the rest can be cut short.
      await pause(comeBackMs, signal);
      await this.pauseUnlessHurried(wait, signal);
    }
  }

  private async pauseUnlessHurried(ms: number, signal: AbortSignal): Promise<void> {
    const hurried = new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
    const timer = childController(signal);
    try {
      await Promise.race([pause(ms, timer.signal), hurried]);
    } finally {
      timer.release();
      timer.abort();
    }
  }

  private async connectOnce(renew: boolean, signal: AbortSignal): Promise<Disconnection> {
    const { options } = this;
    let invalid: (error: FederationError) => void = () => {};
    const violated = new Promise<never>((_, reject) => {
      invalid = reject;
    });
    violated.catch(() => {});
    const token = await options.membership.token(renew);
    const connection = await Connection.open({ ...options, token, signal, onInvalid: invalid });
    try {
      const round = await connection.ready().catch((thrown) => {
        if (isEnd(thrown)) return undefined;
        throw thrown;
      });
      // Also after the end: an update under way can still learn whether it counted.
      this.connection = connection;
      for (const arrived of this.waiting) arrived(connection);
      if (round === undefined) options.onEnded();
      else options.onReady(round);
      return await unlessAborted(Promise.race([connection.closed, violated]), signal);
    } finally {
      this.connection = undefined;
      connection.close();
    }
  }
}

function isEnd(thrown: unknown): boolean {
  return thrown instanceof FederationError && thrown.code === 'federation-ended';
}
