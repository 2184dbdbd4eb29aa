/**
 * Group commit: updates that arrive within a few milliseconds share one transaction, so one sync of
 * the disk. Each caller is answered after its group is durable, or told that it is not.
 */
import type { NewUpdate } from './store.js';

interface Waiting {
  readonly update: NewUpdate;
  readonly resolve: (sequence: number) => void;
  readonly reject: (cause: unknown) => void;
}

export class GroupCommit {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();

  /**
   * @param commit writes a group in one transaction and returns the sequences in order
   * @param delayMs how long the first update of a group waits for others
   * @param mostBytes frames of a group, but a group has one update at least
   */
  constructor(
    private readonly commit: (updates: readonly NewUpdate[]) => Promise<number[]>,
    private readonly delayMs = 5,
    private readonly mostBytes = 8 << 20,
  ) {}

  /** Resolves with the update's sequence once it is durable; rejects if its group failed. */
  add(update: NewUpdate): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ update, resolve, reject });
      this.timer ??= setTimeout(() => void this.flush(), this.delayMs);
    });
  }

  /** Commits what waits; resolves when nothing added before is undecided. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const group = this.waiting;
    this.waiting = [];
    for (const part of partsOf(group, this.mostBytes)) {
      this.committing = this.committing.then(() => this.write(part));
    }
    return this.committing;
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    try {
      const sequences = await this.commit(group.map(({ update }) => update));
      group.forEach(({ resolve }, i) => {
        resolve(sequences[i]);
      });
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  }
}

/** What came while a large group was written is not made to wait for all of itself. */
function partsOf(group: readonly Waiting[], mostBytes: number): Waiting[][] {
  const parts: Waiting[][] = [];
  let bytes = 0;
  for (const each of group) {
    bytes += each.update.frame.length;
    const last = parts.at(-1);
    if (last !== undefined && bytes <= mostBytes) last.push(each);
    else {
      parts.push([each]);
      bytes = each.update.frame.length;
    }
  }
  return parts;
}
