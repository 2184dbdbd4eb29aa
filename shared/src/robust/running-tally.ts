/** Adds a round's updates up as they come, so that none of them has to be kept. */
import type { RoundContext, Rule, Tally } from '../rules/rule.js';

export class RunningTally {
  private sum: Tally | undefined;

  constructor(
    private readonly rule: Rule,
    private readonly context: RoundContext,
  ) {}

  /** @param payloads some updates; the more at a time, the less is added up twice */
  add(payloads: readonly Uint8Array[]): void {
    const { rule, sum } = this;
    const added = rule.tally(payloads, this.context);
    this.sum = sum === undefined ? added : rule.merge(sum, added);
  }

  /** Of all so far. */
  get tally(): Tally {
    return this.sum ?? this.rule.tally([], this.context);
  }
}
