/** `fedhybnn-coordinator serve`: a coordinator with logs, signals and an orderly end. */
import { networkInterfaces } from 'node:os';
import { FederationError, type Task } from '@fedhybnn/shared';
import { pino } from 'pino';
import type { TaskFiles } from '../coordinator/create-task.js';
import type { TlsOptions } from '../security/tls.js';
import { type RunningCoordinator, startCoordinator } from '../start.js';

/** Never in a log, wherever a later line may put them. */
const SECRETS = [
  'token',
  'password',
  'secret',
  'authorization',
  'cookie',
  'joinCode',
  'resume',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly database?: string | undefined;
  readonly keepRounds?: number;
  readonly runBy?: string;
  readonly tokenHours: number;
  readonly metricsToken?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tls?: 'self-signed';
  readonly trustProxy?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly requestRate: number;
  readonly joinRate: number;
  readonly socketsPerAddress: number;
  readonly maxSockets: number;
  readonly logLevel: string;
  readonly exitWhenEnded: boolean;
  readonly json: boolean;
  /** Created first, if it is not there yet. */
  readonly first: { readonly task: Task; readonly files: TaskFiles } | undefined;
}

/**
 * Resolves when the coordinator has stopped.
 * @throws FederationError `store-failed` if it had to stop, since its state could not be stored
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { port, host, data, database, keepRounds, runBy, tokenHours, metricsToken } = options;
  // Logs go to stderr: stdout is for what a program reads.
  const log = pino(
    { level: options.logLevel, redact: SECRETS },
    pino.destination({ dest: 2, sync: true }),
  );
  let stop: (reason: string | FederationError) => void = () => {};
  const stopped = new Promise<string | FederationError>((resolve) => {
    stop = resolve;
  });
  let running: RunningCoordinator | undefined;
  running = await startCoordinator({
    port,
    host,
    data,
    database,
    keepRounds,
    runBy,
    tokenHours,
    metricsToken,
    tls: tlsOf(options),
    trustProxies: options.trustProxy,
    allowOrigins: options.allowOrigin,
    limits: {
      requestRate: options.requestRate,
      joinRate: options.joinRate,
      socketsPerAddress: options.socketsPerAddress,
      sockets: options.maxSockets,
    },
    log,
    first: options.first,
    onEnded: () => {
      // Clients still fetch the last model: give them a moment.
      if (options.exitWhenEnded && running?.allEnded()) setTimeout(() => stop('ended'), 2000);
    },
    onFailed: (error) => stop(error),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      stop(signal);
    });
  }
  const { reloadTls } = running;
  process.on('SIGHUP', () => {
    reloadTls().then(
      () => log.info('certificate read again'),
      (err) => log.error({ err }, 'the certificate could not be read again; the old one stays'),
    );
  });
  if (options.exitWhenEnded && running.allEnded()) stop('ended');
  announce(options, running);
  const reason = await stopped;
  const failed = reason instanceof FederationError;
  log.info({ reason: failed ? reason.code : reason }, 'stopping');
  await running.close();
  log.info('stopped');
  if (failed) throw reason;
}

/** @throws FederationError `bad-request` if the options do not fit together */
function tlsOf({ tls, tlsCert, tlsKey, data }: ServeOptions): TlsOptions | undefined {
  if (tlsCert === undefined && tlsKey === undefined) {
    return tls === undefined ? undefined : { kind: 'self-signed', data };
  }
  if (tls === undefined && tlsCert !== undefined && tlsKey !== undefined) {
    return { kind: 'files', certificate: tlsCert, key: tlsKey };
  }
  throw new FederationError(
    'bad-request',
    'HTTPS needs both --tls-cert and --tls-key, or --tls self-signed alone',
  );
}

function announce(options: ServeOptions, running: RunningCoordinator): void {
  const { url, port, fingerprint } = running;
  const tasks = running.tasks();
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ url, port, tasks })}\n`);
    return;
  }
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal);
  const lines = [
    `Coordinator at ${url}${outside === undefined ? '' : ` (in this network: ${url.split(':')[0]}://${outside.address}:${port})`}`,
    `  for operators: ${url}/dashboard`,
    ...tasks.map(
      (id) => `  ${id}: ${url}/${id} in a browser, or fedhybnn-client join ${url}/${id}`,
    ),
    ...(fingerprint === null ? [] : [`  certificate, SHA-256: ${fingerprint}`]),
    ...(tasks.length === 0 ? ['  no task yet: fedhybnn-coordinator create-task --help'] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
