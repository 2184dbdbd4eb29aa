/** A real coordinator that serves the built join page, with federations that tests create. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InlineTrainer, type JoinOptions } from '@fedhybnn/client';
import { type RunningCoordinator, startCoordinator, verifyFolder } from '@fedhybnn/server';
import {
  type AdmissionMode,
  FederationError,
  type PublishedRound,
  parse,
  roundsReplySchema,
  type Task,
} from '@fedhybnn/shared';
import { TinyClient } from '../wire-tests/tiny-coordinator.js';
import { type Digits, type DigitsTaskOptions, loadDigits } from './digits.js';

/** Where `npm run build` puts the page; the path holds for this file's compiled form too. */
export const BUILT_PAGE = fileURLToPath(new URL('../../../client/join/dist/', import.meta.url));

export class DigitsCoordinator {
  private readonly companions: TinyClient[] = [];
  private created = 0;

  private constructor(
    readonly digits: Digits,
    private readonly folder: string,
    private running: RunningCoordinator,
  ) {}

  /** @throws FederationError `unknown-file` if the page has not been built */
  static async start(extractor?: string): Promise<DigitsCoordinator> {
    if (!existsSync(join(BUILT_PAGE, 'index.html'))) {
      throw new FederationError(
        'unknown-file',
        `${BUILT_PAGE}: the join page has not been built; run npm run build`,
      );
    }
    const digits = await loadDigits(extractor);
    const folder = await mkdtemp(join(tmpdir(), 'fedhybnn-digits-'));
    const running = await startCoordinator({ data: folder, port: 0, host: '127.0.0.1' });
    return new DigitsCoordinator(digits, folder, running);
  }

  get url(): string {
    return this.running.url;
  }

  get port(): number {
    return this.running.port;
  }

  /** A federation with a name of its own. */
  async create(options: DigitsTaskOptions, admission?: AdmissionMode): Promise<Task> {
    const { extractor, evaluation } = this.digits;
    const task = this.digits.task({ id: `digits-${++this.created}`, ...options });
    await this.running.createTask(task, { extractor, evaluation, admission });
    return task;
  }

  link({ id }: Task): string {
    return `${this.url}/${id}`;
  }

  /** A code, and the link that holds it. */
  async joinCode({ id }: Task, uses: number, hours = 1): Promise<{ code: string; link: string }> {
    const { code, path } = await this.running.createJoinCode(id, { uses, hours });
    return { code, link: this.url + path };
  }

  /** A headless client with samples of its own. */
  async companion(task: Task, options: Partial<JoinOptions> = {}): Promise<TinyClient> {
    const number = this.companions.length + 1;
    const companion = await TinyClient.join({
      url: this.link(task),
      client: `companion-${number}`,
      data: { kind: 'bits', data: await this.digits.part(number) },
      trainer: new InlineTrainer(),
      ...options,
    });
    this.companions.push(companion);
    return companion;
  }

  /** The rounds published so far. */
  async rounds({ id }: Task): Promise<readonly PublishedRound[]> {
    const reply = await fetch(`${this.url}/v1/tasks/${id}/rounds?after=0`);
    return parse(roundsReplySchema, await reply.json(), 'rounds').rounds;
  }

  /** Updates of a federation that were committed, as the coordinator's metrics count them. */
  async committedUpdates({ id }: Task): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`fedhybnn_updates_total{task="${id}",result="accepted"}`));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  async stop(): Promise<void> {
    await this.running.close();
  }

  /** Starts again on the same data and port. */
  async startAgain(): Promise<void> {
    const { folder, port } = this;
    this.running = await startCoordinator({ data: folder, port, host: '127.0.0.1' });
  }

  /** Replays the journal. @throws FederationError `journal-broken` */
  async verify({ id }: Task): Promise<{ readonly rounds: number }> {
    const [{ rounds }] = await verifyFolder(this.folder, id);
    return { rounds };
  }

  /** Stops everything and removes the folder. */
  async remove(): Promise<void> {
    await Promise.all(this.companions.map(({ session }) => session.stop()));
    await this.running.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
