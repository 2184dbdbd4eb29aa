/** Honest clients who answer every round at once, and how long they wait for their receipts. */
import { createHash } from 'node:crypto';
import {
  deriveSeed,
  encodeUpdate,
  parameterCount,
  Random,
  type RoundOpen,
  ruleFor,
  type Task,
  taskHash,
  updateFrameBytes,
} from '@fedhybnn/shared';
import type { MeasuredCoordinator } from './measured-coordinator.js';
import { ThinSocket } from './thin-socket.js';

/** Different updates of a round. */
const VARIANTS = 8;

export interface VotersResult {
  readonly updateBytes: number;
  /** Acknowledged updates. */
  readonly acked: number;
  /** From the first invitation to the last receipt. Seconds. */
  readonly seconds: number;
  /** Each ack's wait. Milliseconds. */
  readonly waits: readonly number[];
  /** Answers that were no receipt, by their code. */
  readonly refused: Readonly<Record<string, number>>;
}

export class Voters {
  private readonly sockets: ThinSocket[] = [];
  private readonly payloads: Uint8Array[];
  private readonly parameters: number;
  private readonly rule;
  private readonly hash: string;
  private readonly refused: Record<string, number> = {};
  private frames: { round: string; made: Map<number, { frame: Uint8Array; digest: string }> };
  private waits: number[] = [];
  private began = 0;
  private last = 0;
  private playing = false;

  private constructor(task: Task) {
    this.parameters = parameterCount(task);
    this.rule = ruleFor(task.federation.rule);
    this.hash = taskHash(task);
    this.frames = { round: '', made: new Map() };
    const random = new Random(deriveSeed(1, 'load'));
    this.payloads = Array.from({ length: VARIANTS }, () => {
      const payload = new Uint8Array(this.rule.updateBytes(this.parameters));
      for (let i = 0; i < payload.length; i++) payload[i] = random.below(256);
      // The last byte may not have bits beyond the last parameter.
      const used = this.parameters % 8;
      if (used !== 0) payload[payload.length - 1] &= (1 << used) - 1;
      return payload;
    });
  }

  /** Connects; nobody is ready yet. */
  static async connect(
    coordinator: MeasuredCoordinator,
    task: Task,
    count: number,
  ): Promise<Voters> {
    const voters = new Voters(task);
    for (let i = 0; i < count; i++) {
      const socket: ThinSocket = await ThinSocket.open({
        port: coordinator.port,
        token: coordinator.token(`voter-${i}`),
        onEvent: (event, message) => {
          if (event === 'round:open') voters.vote(socket, i, message as RoundOpen);
        },
      });
      voters.sockets.push(socket);
    }
    return voters;
  }

  /** Answers rounds for a while; waits for the receipts that are under way. */
  async play(seconds: number): Promise<VotersResult> {
    this.playing = true;
    this.waits = [];
    this.began = 0;
    for (const socket of this.sockets) void socket.emit('ready', {});
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    const { waits, began, last } = this;
    return {
      updateBytes: updateFrameBytes(this.rule, this.parameters),
      acked: waits.length,
      seconds: (last - began) / 1000,
      waits,
      refused: { ...this.refused },
    };
  }

  close(): void {
    this.playing = false;
    for (const socket of this.sockets) socket.close();
  }

  private vote(socket: ThinSocket, index: number, open: RoundOpen): void {
    if (!this.playing) return;
    const sent = performance.now();
    if (this.began === 0) this.began = sent;
    const { frame, digest } = this.frame(index % VARIANTS, open);
    const header = { round: open.round, base: open.base, digest };
    void socket.emitBinary('update', header, frame).then((answer) => {
      this.last = performance.now();
      const error = (answer as { error?: { code: string } }).error;
      if (error === undefined) this.waits.push(this.last - sent);
      else this.refused[error.code] = (this.refused[error.code] ?? 0) + 1;
    });
  }

  private frame(variant: number, open: RoundOpen): { frame: Uint8Array; digest: string } {
    if (this.frames.round !== open.base) this.frames = { round: open.base, made: new Map() };
    const known = this.frames.made.get(variant);
    if (known !== undefined) return known;
    const frame = encodeUpdate({
      ...{ rule: this.rule, taskHash: this.hash, baseHash: open.base, round: open.round },
      ...{ parameters: this.parameters, payload: this.payloads[variant] },
    });
    const made = { frame, digest: createHash('sha256').update(frame).digest('hex') };
    this.frames.made.set(variant, made);
    return made;
  }
}
