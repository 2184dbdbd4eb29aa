/** Where a federation got to, in a file beside the one that it makes: `OUT.state.json`. */
import { readFile, rm } from 'node:fs/promises';
import {
  type DictionaryState,
  type DictionaryTask,
  decodeDictionaryState,
  encodeDictionaryState,
  FederationError,
  taskHash,
} from '@fedhybnn/shared';
import * as z from 'zod';
import { writeWhole } from '../run/write-whole.js';
import type { DictionaryRound } from './play.js';

const count = z.int().nonnegative();

const keptSchema = z.strictObject({
  schema: z.literal(1),
  /** The command, with every setting; the one that resumes must be the same. */
  command: z.string(),
  task: z.string(),
  /** SHA-256 of the data set. */
  data: z.string(),
  /** The state's file in base64. */
  state: z.base64(),
  rounds: z.array(
    z.strictObject({
      round: count,
      rounds: count,
      stage: z.enum(['moments', 'centroids', 'thresholds']),
      objective: z.number().nullable(),
      counted: count,
      uplinkBytes: count,
      downlinkBytes: count,
      stateHash: z.string(),
    }),
  ),
});

export interface KeptState {
  readonly state: DictionaryState;
  readonly rounds: readonly DictionaryRound[];
}

export class StateKeeper {
  /**
   * @param out the file that is being made
   * @param data SHA-256 of the data set
   */
  constructor(
    private readonly out: string,
    private readonly command: string,
    private readonly task: DictionaryTask,
    private readonly data: string,
  ) {}

  get path(): string {
    return `${this.out}.state.json`;
  }

  /**
   * What was kept; nothing where there is no file.
   * @throws FederationError `bad-request` if it is another federation's, `file-corrupt` if it is no
   *   kept state
   */
  async read(): Promise<KeptState | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch {
      return undefined;
    }
    const kept = keptSchema.safeParse(jsonOf(text));
    if (!kept.success) {
      throw new FederationError(
        'file-corrupt',
        `--resume: ${this.path} holds no kept state; delete it to start anew`,
        { cause: kept.error },
      );
    }
    const { command, task, data, state, rounds } = kept.data;
    const hash = taskHash(this.task);
    if (command !== this.command || task !== hash || data !== this.data) {
      throw new FederationError(
        'bad-request',
        `--resume: ${this.path} is of other options or data (${command}); give the same, or leave out --resume to start anew`,
      );
    }
    return { state: decodeDictionaryState(this.task, hash, Buffer.from(state, 'base64')), rounds };
  }

  /** Whole or not at all: whatever stops the process loses one round at most. */
  async keep({ state, rounds }: KeptState): Promise<void> {
    const task = taskHash(this.task);
    const file = encodeDictionaryState(this.task, task, state);
    const kept: z.infer<typeof keptSchema> = {
      ...{ schema: 1, command: this.command, task, data: this.data, rounds: [...rounds] },
      state: Buffer.from(file).toString('base64'),
    };
    await writeWhole(this.path, new TextEncoder().encode(`${JSON.stringify(kept)}\n`));
  }

  /** Once the file is made. */
  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
