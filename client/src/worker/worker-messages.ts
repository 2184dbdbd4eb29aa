/**
 * What a page and its training worker say to each other. Data are copied once, at `prepare`; no
 * shared memory is assumed, since phones and plain servers do not grant it.
 */
import type { EpochProgress, ErrorBody, GlobalModel, LocalUpdate, Task } from '@fedhybnn/shared';
import type { PlainBits } from './shared-memory.js';

export type ToWorker =
  | {
      readonly type: 'prepare';
      /** Names the data in later messages. */
      readonly data: number;
      readonly task: Task;
      readonly bits: PlainBits;
      readonly samples: Uint32Array | undefined;
    }
  | {
      readonly type: 'train';
      readonly job: number;
      readonly data: number;
      readonly global: GlobalModel;
      readonly round: number;
      readonly roundSeed: string;
      readonly client: string;
    };

export type FromWorker =
  | { readonly type: 'epoch'; readonly job: number; readonly progress: EpochProgress }
  | { readonly type: 'trained'; readonly job: number; readonly update: LocalUpdate }
  | { readonly type: 'failed'; readonly job: number; readonly error: ErrorBody };
