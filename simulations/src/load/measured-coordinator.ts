/** The coordinator that is measured: the real command, in a process and on a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { FederationError, type Task } from '@fedhybnn/shared';

export interface MeasuredOptions {
  readonly task: Task;
  readonly extractor: Uint8Array;
  /** The command to measure. Default: the coordinator of this version. */
  readonly command?: string | undefined;
  /** Folder of the state, which is removed at the end. Default: one of the system's. */
  readonly folder?: string | undefined;
  /** For Node: profiling, say. */
  readonly nodeArguments?: readonly string[];
}

/** All clients come from one address: where a coordinator limits that, the limits are lifted. */
const LIMITS_TO_LIFT = [
  ...['--sockets-per-address', '--max-sockets', '--join-rate', '--request-rate'],
];
const NO_LIMIT = '0';

export class MeasuredCoordinator {
  private constructor(
    readonly port: number,
    private readonly task: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** Serves its task when it resolves. */
  static async start(options: MeasuredOptions): Promise<MeasuredCoordinator> {
    const { task, extractor, command = coordinatorCommand() } = options;
    const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'fedhybnn-load-'));
    writeFileSync(join(folder, 'task.json'), JSON.stringify(task));
    writeFileSync(join(folder, 'extractor.fhx'), extractor);
    const child = spawn(
      process.execPath,
      [...(options.nodeArguments ?? []), command, ...serveArguments(command, folder)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    // However this process ends, it leaves nothing behind.
    const clean = () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', clean);
    child.once('exit', () => process.off('exit', clean));
    const port = await new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) =>
        resolve((JSON.parse(line) as { port: number }).port),
      );
      child.once('exit', (code) => {
        rmSync(folder, { recursive: true, force: true });
        reject(new FederationError('internal', `the coordinator ended at once (${code})`));
      });
    });
    return new MeasuredCoordinator(port, task.id, folder, child);
  }

  /**
   * A token as the coordinator makes them (`server/src/security/tokens.ts`): joining is not what is
   * measured, but for `joins.ts`.
   */
  token(client: string): string {
    const secret = readFileSync(join(this.folder, 'data', 'token-secret'));
    const now = Math.floor(Date.now() / 1000);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: client, aud: this.task, iat: now, exp: now + 86_400 };
    const signed = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }

  /** Where its state lies. */
  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** Memory that the process holds, in MB of 10⁶ bytes. */
  async rssMb(): Promise<number> {
    return (await this.metric('process_resident_memory_bytes')) / 1e6;
  }

  /** CPU time that it has used. Seconds. */
  cpuSeconds(): Promise<number> {
    return this.metric('process_cpu_seconds_total');
  }

  /** Published rounds. */
  async rounds(): Promise<number> {
    return this.metric(`fedhybnn_round{task="${this.task}"}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  }
}

function coordinatorCommand(): string {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('@fedhybnn/server/package.json'));
  return join(root, 'bin', 'fedhybnn-coordinator.js');
}

/** All of the coordinator's arguments. */
function serveArguments(command: string, folder: string): string[] {
  const help = execFileSync(process.execPath, [command, 'serve', '--help'], { encoding: 'utf8' });
  const lifted = LIMITS_TO_LIFT.filter((option) => help.includes(option));
  return [
    'serve',
    ...['--port', '0', '--host', '127.0.0.1', '--json', '--log-level', 'error'],
    ...['--data', join(folder, 'data')],
    ...['--task', join(folder, 'task.json'), '--extractor', join(folder, 'extractor.fhx')],
    ...lifted.flatMap((option) => [option, NO_LIMIT]),
  ];
}
