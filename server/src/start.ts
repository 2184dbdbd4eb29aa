/** A whole coordinator in this process: data folder, store, sockets, HTTP. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FederationError, type Task } from '@fedhybnn/shared';
import { type Logger, pino } from 'pino';
import { Coordinator } from './coordinator/coordinator.js';
import type { TaskFiles } from './coordinator/create-task.js';
import type { Federation } from './coordinator/federation.js';
import { createDoor } from './gateway/door.js';
import { createGateway } from './gateway/gateway.js';
import { createApp } from './http/app.js';
import { DEFAULT_PATIENCE, limitIdleTime, type Patience, patientOptions } from './http/patience.js';
import { type LiveTask, Metrics } from './metrics/metrics.js';
import { trustedProxies } from './security/address.js';
import { createJoinCode, type JoinCodeSettings, type NewJoinCode } from './security/join-codes.js';
import { DEFAULT_LIMITS, type Limits, RateLimits, SocketCount } from './security/limits.js';
import { Operators } from './security/operators.js';
import { parseOrigins } from './security/origin.js';
import { fingerprint, loadTls, type TlsOptions } from './security/tls.js';
import { Tokens } from './security/tokens.js';
import { lockDataFolder, prepareDataFolder } from './store/data-folder.js';
import { FileStore } from './store/file-store.js';
import { checkDatabase, openStore } from './store/open-store.js';
import { Verifications } from './verification/verifications.js';

export interface CoordinatorOptions {
  /** Folder of all state; made if it is missing. */
  readonly data: string;
  /** `postgres://…`, in place of the database in the folder. */
  readonly database?: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
  /** Address to listen on; default all. */
  readonly host?: string;
  /** How many published rounds of a task keep everything, from 1; default all. */
  readonly keepRounds?: number | undefined;
  /** Who runs it, in words that participants read before they join, such as a name and an address. */
  readonly runBy?: string | undefined;
  /** How long a client token lasts; default 24. */
  readonly tokenHours?: number;
  /** What `GET /metrics` asks for; without it, only this machine is answered. */
  readonly metricsToken?: string | undefined;
  /** What one address may ask for; what is absent is as {@link DEFAULT_LIMITS} has it. */
  readonly limits?: Partial<Limits> | undefined;
  /** Proxies that say for whom they speak: addresses, networks, or `loopback`; default none. */
  readonly trustProxies?: readonly string[] | undefined;
  /** Sites whose pages may join, such as `https://lab.example.org`; default none but its own. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** How long HTTP waits; what is absent is as {@link DEFAULT_PATIENCE} has it. For tests. @internal */
  readonly patience?: Partial<Patience> | undefined;
  /** HTTPS in place of HTTP. */
  readonly tls?: TlsOptions | undefined;
  readonly log?: Logger;
  /** Created before the coordinator says that it is ready, if it is not there yet. */
  readonly first?: { readonly task: Task; readonly files: TaskFiles } | undefined;
  /** Called each time a federation ends. */
  readonly onEnded?: () => void;
  /**
   * Called when a federation cannot go on, since its state could not be stored. What was acked is
   * safe; close this coordinator and start again once the disk is well.
   */
  readonly onFailed?: (error: FederationError) => void;
}

export interface RunningCoordinator {
  readonly url: string;
  readonly port: number;
  /** SHA-256 of the certificate, or null without HTTPS. */
  readonly fingerprint: string | null;
  /** Reads the certificate files again; connections that are open keep the old one. */
  reloadTls(): Promise<void>;
  /** Creating the same task again changes nothing. */
  createTask(task: Task, files: TaskFiles): Promise<void>;
  /** Makes a join code of a task. @throws FederationError `unknown-task` */
  createJoinCode(task: string, settings: JoinCodeSettings): Promise<NewJoinCode>;
  /** Ids of all federations here. */
  tasks(): string[];
  /** True when there are federations and all have ended. */
  allEnded(): boolean;
  /** Finishes commits under way, closes sockets and store. */
  close(): Promise<void>;
}

/**
 * @throws FederationError `data-folder`, `port-in-use`, `store-failed`; `bad-request` or
 *   `unknown-file` naming the option
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const log = options.log ?? pino({ level: 'silent' });
  if (options.database !== undefined) checkDatabase(options.database);
  const trusted = trustedProxies(options.trustProxies ?? []);
  const origins = parseOrigins(options.allowOrigins ?? []);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  await prepareDataFolder(options.data);
  const lock = lockDataFolder(options.data);
  const closers: (() => Promise<void> | void)[] = [() => lock.release()];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    let lost = (error: FederationError) => options.onFailed?.(error);
    const store = await openStore(options, { exclusive: true, onLost: (error) => lost(error) });
    closers.push(() => store.close());
    const tokens = await Tokens.open(options.data, Math.ceil(3600 * (options.tokenHours ?? 24)));
    const files = new FileStore(join(options.data, 'files'), store);
    const metrics = new Metrics();
    const swept = await files.sweep();
    if (swept > 0) log.info({ files: swept }, 'files that nothing named were removed');
    const events = { ended: options.onEnded, failed: options.onFailed };
    const { keepRounds, runBy } = options;
    const coordinator = new Coordinator(store, files, log, metrics, events, { keepRounds, runBy });
    lost = (error) => coordinator.fail(error);
    let ready = false;
    const isReady = () => ready && coordinator.failed === null;
    const { metricsToken } = options;
    const keys = options.tls === undefined ? null : await loadTls(options.tls);
    const { data, database } = options;
    const verifications = new Verifications({ data, database });
    closers.push(() => verifications.close());
    const app = createApp({
      ...{ coordinator, tokens, log, isReady, metrics, metricsToken, trusted, origins },
      operators: new Operators(store.access),
      limits: new RateLimits(limits),
      strictTransport: options.tls?.kind === 'files',
      disconnect: (task, client) => gateway.disconnect(task, client),
      verifications,
      place: { data, startedAt: Date.now(), sockets: () => gateway.connected() },
    });
    const patience = { ...DEFAULT_PATIENCE, ...options.patience };
    const waiting = patientOptions(patience);
    const tlsServer = keys === null ? null : createTlsServer({ ...keys, ...waiting }, app);
    const http: Server = tlsServer ?? createServer(waiting, app);
    limitIdleTime(http, patience);
    const door = createDoor({ sockets: new SocketCount(limits), trusted, origins });
    const gateway = createGateway(http, coordinator, tokens, log, door);
    metrics.watch(
      () => coordinator.list().map(liveTask),
      () => gateway.connected(),
    );
    closers.push(() => gateway.close());
    closers.push(() => coordinator.stop());
    await coordinator.start(gateway.links);
    if (options.first !== undefined) {
      await coordinator.createTask(options.first.task, options.first.files);
    }
    // Last: whoever reaches the port finds every task there, and is not told that it is unknown.
    const port = await listen(http, options.port, options.host);
    ready = true;
    return {
      url: `${keys === null ? 'http' : 'https'}://${nameOf(options.host)}:${port}`,
      port,
      fingerprint: keys === null ? null : fingerprint(keys),
      async reloadTls() {
        if (options.tls !== undefined) tlsServer?.setSecureContext(await loadTls(options.tls));
      },
      createTask: (task, inputs) => coordinator.createTask(task, inputs),
      createJoinCode: async (id, settings) =>
        createJoinCode(store.access, coordinator.federation(id).task.id, settings),
      tasks: () => coordinator.list().map(({ task }) => task.id),
      allEnded: () => coordinator.allEnded,
      async close() {
        ready = false;
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function liveTask({ task, readyClients, latest }: Federation): LiveTask {
  return { id: task.id, readyClients, latest };
}

/** How this machine itself reaches an address that it listens on. */
function nameOf(host = '0.0.0.0'): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(http: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new FederationError(
              'port-in-use',
              `--port ${port}: another program listens there; stop it or choose another port`,
              { cause },
            )
          : new FederationError(
              'bad-request',
              `cannot listen on ${host ?? ''}:${port}: ${cause.message}`,
              { cause },
            ),
      );
    });
    http.listen(port, host, () => resolve((http.address() as AddressInfo).port));
  });
}
