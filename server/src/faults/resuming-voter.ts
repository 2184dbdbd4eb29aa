/**
 * A client that votes at random and survives what its coordinator does not: it keeps its token, every
 * receipt, and the updates whose fate it does not know. It also does what it should not: sends an
 * update twice at once, sends a damaged one, sends another one after its receipt, asks for an old
 * receipt again.
 */
import {
  deriveSeed,
  FederationError,
  isTransient,
  Random,
  type Receipt,
  type Reply,
  type RoundClosed,
  type RoundOpen,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import {
  type ClientSocket,
  connect,
  join,
  randomVotes,
  upload,
} from '../testing/tiny-federation.js';

interface Unsettled {
  readonly open: RoundOpen;
  readonly frame: Uint8Array;
  readonly digest: string;
  underWay: boolean;
}

/** Refusals after which the same update may still be taken, once the round is open again. */
const NOT_YET = ['round-closed', 'round-future', 'not-in-cohort'];

export class ResumingVoter {
  /** Receipts by round, with the frames that they are for. */
  readonly receipts = new Map<number, Receipt>();
  /** Digests of everything that could rightly be counted. */
  readonly sent = new Set<string>();
  /** Digests of what was refused for good. */
  readonly refused = new Set<string>();
  /** What the coordinator said of each round. */
  readonly closed = new Map<number, RoundClosed>();
  /** What no coordinator may do, in words. */
  readonly problems: string[] = [];
  private readonly outbox = new Map<number, Unsettled>();
  private readonly frames = new Map<number, { open: RoundOpen; frame: Uint8Array }>();
  private readonly random: Random;
  private socket: ClientSocket | undefined;
  private gone = false;
  private votes = true;

  constructor(
    private readonly url: string,
    private readonly task: Task,
    readonly client: string,
    seed: number,
  ) {
    this.random = new Random(deriveSeed(seed, 'voter', client));
    void this.begin();
  }

  /** Rounds whose update has no receipt and no refusal yet. */
  get unsettled(): number[] {
    return [...this.outbox.keys()];
  }

  /** Answers no further round. */
  rest(): void {
    this.votes = false;
  }

  close(): void {
    this.gone = true;
    this.socket?.disconnect();
  }

  /** Joins, however often the coordinator dies of it, and connects. */
  private async begin(): Promise<void> {
    const key = sha256Hex(new TextEncoder().encode(this.client)).slice(0, 32);
    while (!this.gone) {
      try {
        const { token } = await join(this.url, this.task, this.client, { key });
        if (!this.gone) this.connect(token);
        return;
      } catch (error) {
        if (String(error).includes('client-taken')) this.problem(`its name is gone: ${error}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  }

  private connect(token: string): void {
    const socket = connect(this.url, token);
    this.socket = socket;
    socket.on('connect', () => {
      socket.emit('ready', {}, () => {});
      for (const round of this.outbox.keys()) void this.offer(round);
      void this.askAgain();
    });
    socket.on('connect_error', (error) => {
      const body = (error as Error & { data?: { code?: string } }).data;
      if (body?.code === undefined) return;
      // Its database is away: a client asks again, and not by itself after an answer.
      if (body.code === 'store-failed') setTimeout(() => !this.gone && socket.connect(), 100);
      else this.problem(`its token is refused: ${body.code}`);
    });
    socket.on('round:open', (open) => {
      if (this.votes) void this.vote(open);
    });
    socket.on('round:closed', (message) => {
      const before = this.closed.get(message.round);
      if (before !== undefined && before.model !== message.model) {
        this.problem(`round ${message.round} was closed with two models (I5)`);
      }
      this.closed.set(message.round, message);
      // Its round is over: now its fate is sure.
      for (const round of this.outbox.keys()) void this.offer(round);
    });
  }

  private async vote(open: RoundOpen): Promise<void> {
    const { round } = open;
    const before = this.frames.get(round);
    if (before !== undefined && before.open.base !== open.base) {
      this.problem(`round ${round} was opened on two models (I5)`);
    }
    if (!this.receipts.has(round) && before === undefined) {
      const frame = randomVotes(this.task, this.client, open);
      const digest = sha256Hex(frame);
      this.frames.set(round, { open, frame });
      this.sent.add(digest);
      this.outbox.set(round, { open, frame, digest, underWay: false });
      if (this.random.below(8) === 0) await this.mustBeRefused(open, damaged(frame, this.random));
    }
    await this.offer(round);
  }

  private async offer(round: number): Promise<void> {
    const update = this.outbox.get(round);
    if (update === undefined || update.underWay || this.socket?.connected !== true) return;
    update.underWay = true;
    const times = this.random.below(4) === 0 ? 2 : 1;
    const replies = await Promise.all(
      Array.from({ length: times }, () => this.send(update.open, update.frame)),
    );
    update.underWay = false;
    const overBefore = this.closed.has(round);
    const answers = replies.filter((reply) => reply !== null);
    // Sent at once, they may be answered in any order: a refusal from before the round was open may
    // come with the receipt. Only what was refused for good must not be taken.
    for (const reply of answers) {
      if ('error' in reply) this.hear(round, update.digest, reply.error.code);
    }
    for (const reply of answers) {
      if ('ok' in reply) this.receive(round, update.digest, reply.ok);
    }
    // The round ended while it was asked for: the next answer is the last.
    if (overBefore && this.outbox.has(round)) void this.offer(round);
    if (this.receipts.has(round) && this.random.below(8) === 0) {
      const other = randomVotes(this.task, `${this.client}, again`, update.open);
      await this.mustBeRefused(update.open, other);
    }
  }

  private receive(round: number, digest: string, receipt: Receipt): void {
    const first = this.receipts.get(round);
    if (receipt.digest !== digest) this.problem(`round ${round}: a receipt for other bytes (I1)`);
    if (first !== undefined && first.sequence !== receipt.sequence) {
      this.problem(`round ${round}: two receipts, ${first.sequence} and ${receipt.sequence} (I1)`);
    }
    if (this.refused.has(digest)) this.problem(`round ${round}: refused, then taken (I2)`);
    this.receipts.set(round, receipt);
    this.outbox.delete(round);
  }

  private hear(round: number, digest: string, code: FederationError['code']): void {
    if (code === 'store-failed' || isTransient(new FederationError(code, ''))) return;
    if (this.receipts.has(round)) this.problem(`round ${round}: taken, then ${code} (I1)`);
    if (NOT_YET.includes(code)) return;
    this.refused.add(digest);
    this.outbox.delete(round);
    if (code !== 'round-stale' && code !== 'federation-ended') {
      this.problem(`round ${round}: a good update was refused with ${code}`);
    }
  }

  /** An old receipt must come again, the same. */
  private async askAgain(): Promise<void> {
    const rounds = [...this.receipts.keys()];
    if (rounds.length === 0) return;
    const round = rounds[this.random.below(rounds.length)];
    const kept = this.frames.get(round);
    const reply = kept === undefined ? null : await this.send(kept.open, kept.frame);
    if (reply === null || kept === undefined) return;
    if ('ok' in reply) this.receive(round, sha256Hex(kept.frame), reply.ok);
    else this.hear(round, '', reply.error.code);
  }

  private async mustBeRefused(open: RoundOpen, frame: Uint8Array): Promise<void> {
    const reply = await this.send(open, frame);
    this.refused.add(sha256Hex(frame));
    if (reply !== null && 'ok' in reply) {
      this.problem(`round ${open.round}: a receipt for what must be refused (I2)`);
    }
  }

  /** The reply, or null where the connection broke and nobody knows. */
  private async send(open: RoundOpen, frame: Uint8Array): Promise<Reply<Receipt> | null> {
    const { socket } = this;
    if (socket?.connected !== true) return null;
    return upload(socket, open, frame).catch(() => null);
  }

  private problem(what: string): void {
    this.problems.push(`${this.client}: ${what}`);
  }
}

function damaged(frame: Uint8Array, random: Random): Uint8Array {
  const bytes = frame.slice();
  bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  return bytes;
}
