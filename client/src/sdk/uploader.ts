/**
 * Sends an update until its fate is known: the receipt of its commit, or a refusal. Sending it again
 * is safe: the same update gets the same receipt.
 */
import {
  FederationError,
  LIMITS,
  type Receipt,
  type Seed,
  type UpdateHeader,
} from '@fedhybnn/shared';
import { backoff } from './backoff.js';
import type { CoordinatorHttp } from './coordinator-http.js';
import type { SessionListener } from './events.js';
import { isTokenMatter, type Link } from './link.js';
import type { Membership } from './membership.js';
import { isWorthRetrying } from './retrying.js';
import { pause } from './waiting.js';

export interface UploaderParts {
  readonly task: string;
  readonly http: CoordinatorHttp;
  readonly link: Link;
  readonly membership: Membership;
  readonly seed: Seed;
  readonly emit: SessionListener;
}

export type UploadResult = { readonly receipt: Receipt } | { readonly error: FederationError };

export class Uploader {
  constructor(private readonly parts: UploaderParts) {}

  /**
   * @param patience aborted when no more is to be waited for a connection: its reason is the result
   * @throws the signal's reason, or what no further attempt can help
   */
  async upload(
    header: UpdateHeader,
    frame: Uint8Array,
    signal: AbortSignal,
    patience: AbortSignal,
  ): Promise<UploadResult> {
    const { membership, emit, seed } = this.parts;
    const waits = backoff({ seed });
    emit({ type: 'uploading', round: header.round, bytes: frame.length });
    let renewed = false;
    for (;;) {
      try {
        return { receipt: await this.uploadOnce(header, frame, patience) };
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof FederationError)) throw thrown;
        if (isTokenMatter(thrown)) {
          if (renewed) throw thrown;
          renewed = true;
          await membership.token(true);
        } else if (!isWorthRetrying(thrown)) {
          return { error: thrown };
        } else {
          await pause(waits.next().value, signal);
        }
      }
    }
  }

  private async uploadOnce(
    header: UpdateHeader,
    frame: Uint8Array,
    patience: AbortSignal,
  ): Promise<Receipt> {
    const { http, link, membership, task } = this.parts;
    const { traffic } = http;
    const connection = await link.current(patience);
    let receipt: Receipt;
    if (frame.length <= LIMITS.socketUpdate) {
      traffic.sent += frame.length;
      receipt = await connection.update(header, frame);
    } else {
      receipt = await http.putUpdate(task, await membership.token(), header, frame);
    }
    if (receipt.digest !== header.digest) {
      throw new FederationError(
        'update-conflict',
        `the receipt for round ${header.round} is for another update; wait for the next round`,
      );
    }
    traffic.updates += frame.length;
    link.prosper();
    return receipt;
  }
}
