/**
 * Group commit: what arrives within a few milliseconds shares one transaction, so one sync of the
 * disk. Each caller is answered after its group is durable, or told that it is not.
 */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (cause: unknown) => void;
}

export interface GroupSettings<Item> {
  /** How long the first of a group waits for others. Milliseconds. */
  readonly delayMs?: number;
  /** Sizes of a group together, at the most; but a group has one item at least. */
  readonly most: number;
  readonly size: (item: Item) => number;
}

export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();

  /** @param commit writes a group in one transaction and returns the results in order */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly settings: GroupSettings<Item>,
  ) {}

  /** Resolves with the item's result once it is durable; rejects if its group failed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.timer ??= setTimeout(() => void this.flush(), this.settings.delayMs ?? 5);
    });
  }

  /** Commits what waits; resolves when nothing added before is undecided. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const group = this.waiting;
    this.waiting = [];
    for (const part of this.partsOf(group)) {
      this.committing = this.committing.then(() => this.write(part));
    }
    return this.committing;
  }

  private async write(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ item }) => item));
      group.forEach(({ resolve }, i) => {
        resolve(results[i]);
      });
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  }

  /** What came while a large group was written is not made to wait for all of itself. */
  private partsOf(group: readonly Waiting<Item, Result>[]): Waiting<Item, Result>[][] {
    const { most, size } = this.settings;
    const parts: Waiting<Item, Result>[][] = [];
    let sum = 0;
    for (const each of group) {
      const own = size(each.item);
      const last = parts.at(-1);
      if (last !== undefined && sum + own <= most) {
        last.push(each);
        sum += own;
      } else {
        parts.push([each]);
        sum = own;
      }
    }
    return parts;
  }
}
