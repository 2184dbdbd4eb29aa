/** The way into a federation. */
import { deriveSeed, FederationError } from '@fedhybnn/shared';
import { InlineTrainer } from '../worker/inline-trainer.js';
import type { Trainer } from '../worker/trainer.js';
import { type FederationAddress, parseFederationAddress } from './address.js';
import { type ClientStorage, MemoryStorage } from './client-storage.js';
import { CoordinatorHttp, type TaskDescription } from './coordinator-http.js';
import { type SessionListener, Traffic } from './events.js';
import { firstContact, randomSeed } from './first-contact.js';
import { fetchExtractor, type SessionData, toLatentBits } from './latent-bits.js';
import { Membership } from './membership.js';
import { Session } from './session.js';

export interface JoinOptions {
  /** `http://host:8080` or `http://host:8080/task`. */
  readonly url: string;
  /** Name of the task, where the address has none. */
  readonly task?: string | undefined;
  /** Id to join under; without it the coordinator draws one. A stored client keeps its own. */
  readonly client?: string | undefined;
  /** Token of an earlier session, to be the same client. The storage remembers it by itself. */
  readonly resume?: string | undefined;
  /** For a task that admits by code, where the address does not hold it. */
  readonly joinCode?: string | undefined;
  readonly data: SessionData;
  /** Where training runs; default in the calling thread. Whoever made it closes it. */
  readonly trainer?: Trainer | undefined;
  /** Default: forgets with the process. */
  readonly storage?: ClientStorage | undefined;
  readonly onEvent?: SessionListener | undefined;
  /** Stops joining, and then the session as {@link Session.stop} does. */
  readonly signal?: AbortSignal | undefined;
  /** How long a coordinator that does not answer is tried at first. Default 30,000 ms. */
  readonly firstContactMs?: number | undefined;
  /** Longest wait for an answer on the socket. Default 20,000 ms. */
  readonly answerMs?: number | undefined;
}

/**
 * Joins a federation. The session then goes on by itself: it reconnects, catches up, trains in every
 * round that it is chosen for, and ends with the federation.
 * @throws FederationError `bad-request` (address, data), `unknown-task`, `protocol-version`,
 *   `client-taken`, `join-code-missing`, `join-code-invalid`, `federation-ended`, `coordinator-unreachable`; `interrupted` by the signal
 */
export async function joinFederation(options: JoinOptions): Promise<Session> {
  const { onEvent, storage = new MemoryStorage() } = options;
  const address = parseFederationAddress(options.url);
  const emit: SessionListener = (event) => onEvent?.(event);
  const controller = new AbortController();
  let session: Session | undefined;
  const stop = () => {
    if (session) void session.stop();
    else controller.abort(new FederationError('interrupted', 'joining was stopped by its signal'));
  };
  const release = () => options.signal?.removeEventListener('abort', stop);
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();

  const { signal } = controller;
  const http = new CoordinatorHttp({ base: address.base, traffic: new Traffic(), signal });
  const seed = options.client === undefined ? randomSeed() : deriveSeed(options.client, 'waits');
  const { firstContactMs } = options;
  const key = randomSeed();
  const patient = firstContact({ firstContactMs, seed, signal, emit });
  try {
    const description = await patient(() => findTask(http, address, options.task));
    const { task } = description;
    const { client, resume, joinCode: code = address.code } = options;
    const membership = await patient(() =>
      Membership.enter({ http, description, storage, client, resume, key, code }),
    );
    emit({ type: 'joined', client: membership.client, task: task.title });
    const open = () => patient(() => fetchExtractor(http, task));
    const { data, samples } = await toLatentBits(task, options.data, open, emit);
    signal.throwIfAborted();
    const trainer = options.trainer ?? new InlineTrainer();
    const training = await trainer.prepare(task, data, samples);
    signal.throwIfAborted();
    session = Session.start({
      ...{ description, http, membership, training, seed, emit, controller },
      answerMs: options.answerMs ?? 20_000,
    });
    session.finished.finally(release).catch(() => {});
    return session;
  } catch (thrown) {
    release();
    if (!signal.aborted) throw thrown;
    throw new FederationError('interrupted', 'joining was stopped by its signal', {
      cause: thrown,
    });
  }
}

/**
 * The task that an address means.
 * @throws FederationError `unknown-task` listing the tasks that there are, or `federation-ended`
 */
export async function findTask(
  http: CoordinatorHttp,
  address: FederationAddress,
  named?: string,
): Promise<TaskDescription> {
  const id = named ?? address.task;
  const description =
    id === undefined ? onlyTask(await http.tasks(), address.base) : await http.task(id);
  const { phase, task, latest } = description;
  if (phase !== 'ENDED') return description;
  throw new FederationError(
    'federation-ended',
    `the federation ${task.id} has ended after ${latest.round} rounds; its last model is at ${address.base}/v1/files/${latest.model}`,
  );
}

function onlyTask(tasks: readonly TaskDescription[], base: string): TaskDescription {
  if (tasks.length === 1) return tasks[0];
  const names = tasks.map(({ task }) => task.id).join(', ');
  throw new FederationError(
    'unknown-task',
    tasks.length === 0
      ? `${base} has no task yet; ask its operator to create one`
      : `${base} has several tasks: ${names}; name one, such as ${base}/${tasks[0].task.id}`,
  );
}
