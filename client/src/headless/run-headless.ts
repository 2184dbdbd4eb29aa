/** Many clients in one process: one shard of a data set each, training on shared threads. */
import { FederationError, type ImageBatch, type LabeledBits } from '@fedhybnn/shared';
import { cachedLatentBits, type DataSpec, type ImageDataset, loadMnist, takeShard } from '../datasets/index.js';
import {
  CoordinatorHttp,
  fetchExtractor,
  findTask,
  firstContact,
  joinFederation,
  MemoryStorage,
  parseFederationAddress,
  randomSeed,
  type Session,
  type SessionEvent,
  type SessionSummary,
  type TaskDescription,
  Traffic,
} from '../sdk/index.js';
import { NodePool } from '../worker/node-pool.js';
import { FileStorage } from './file-storage.js';
import { planSlots, type Slot } from './slots.js';
import { stateFile } from './state-folder.js';
import { type HeadlessSummary, summarize } from './summary.js';
