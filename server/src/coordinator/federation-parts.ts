/** What a federation is made of, and where it goes on. */
import type {
  Experience,
  FederationError,
  GlobalModel,
  PublishedRound,
  ResumedRound,
  RoundClosed,
  RoundGathering,
  RoundOpen,
  Task,
} from '@fedhybnn/shared';
import type { Logger } from 'pino';
import type { TaskMetrics } from '../metrics/metrics.js';
import type { FileStore } from '../store/file-store.js';
import type { Store } from '../store/store.js';
import type { CentralEvaluation } from './central-evaluation.js';
import type { Retention } from './retention.js';

/** How a federation reaches its clients. */
export interface Announcer {
  open(client: string, message: RoundOpen): void;
  closed(message: RoundClosed): void;
  gathering(message: RoundGathering): void;
  /** Nothing will be asked of this client for a while. */
  rest(client: string, afterMs: number): void;
  ended(reason: string): void;
}

export interface FederationParts {
  readonly task: Task;
  readonly hash: string;
  readonly initialModel: string;
  readonly store: Store;
  readonly files: FileStore;
  readonly log: Logger;
  readonly metrics: TaskMetrics;
  readonly announcer: Announcer;
  readonly evaluate: CentralEvaluation;
  readonly retain: Retention;
  /** What was to be stored could not be: the federation stands still at its last committed state. */
  readonly onFailed: (error: FederationError) => void;
}

/** Where to go on: the model, its place in the chain, and what the store remembers of the round. */
export interface FederationStart {
  readonly model: GlobalModel;
  readonly modelHash: string;
  readonly chain: string;
  readonly latest: PublishedRound | null;
  readonly experience: Experience;
  readonly resumed: Omit<ResumedRound, 'ready'>;
}
