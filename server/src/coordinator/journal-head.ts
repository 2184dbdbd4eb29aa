/** Where a federation's journal ends: the last committed model, and what a round is played on. */
import {
  type Experience,
  type GlobalModel,
  learnFrom,
  type PublishedRound,
  parameterCount,
  type RoundBinding,
  type RoundContext,
  roundContext,
  ruleFor,
} from '@fedhybnn/shared';
import type { JournalEntry } from '../store/store.js';
import type { FederationParts, FederationStart } from './federation-parts.js';

export class JournalHead {
  private readonly rule;
  private readonly parameters: number;
  private last: Omit<FederationStart, 'resumed'>;

  constructor(
    private readonly parts: Pick<FederationParts, 'task' | 'hash'>,
    start: FederationStart,
  ) {
    this.last = start;
    this.rule = ruleFor(parts.task.federation.rule);
    this.parameters = parameterCount(parts.task);
  }

  /** Published rounds. */
  get round(): number {
    return this.last.model.round;
  }

  get model(): GlobalModel {
    return this.last.model;
  }

  get modelHash(): string {
    return this.last.modelHash;
  }

  /** Hash of the journal up to here. */
  get chain(): string {
    return this.last.chain;
  }

  /** The last published round, or null before the first. */
  get latest(): PublishedRound | null {
    return this.last.latest;
  }

  /** What the task's defenses know of the rounds so far. */
  get experience(): Experience {
    return this.last.experience;
  }

  /** What frames of the round being played are bound to. */
  binding(): RoundBinding {
    return {
      rule: this.rule,
      taskHash: this.parts.hash,
      baseHash: this.modelHash,
      round: this.round + 1,
      parameters: this.parameters,
    };
  }

  /** What its rule computes with. */
  context(): RoundContext {
    return roundContext(this.parts.task, this.round + 1, this.parameters);
  }

  /**
   * The journal has one more entry.
   * @returns it, as clients are told
   */
  follow(model: GlobalModel, entry: JournalEntry): PublishedRound {
    const { tally: _tally, chain, verdicts: _verdicts, ...latest } = entry;
    const { robust } = this.parts.task.federation;
    const experience = learnFrom(this.experience, entry, robust?.rootSet?.window);
    this.last = { model, modelHash: latest.model, chain, latest, experience };
    return latest;
  }
}
