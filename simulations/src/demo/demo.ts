/**
 * `npm run demo`: a coordinator and ten headless clients, each in a process of its own, on real
 * sockets and real digits. Ends the first federation at its goal and stays up for more clients.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedLatentBits, loadMnist } from '@fedhybnn/client/node';
import {
  encodeBitsFile,
  FederationError,
  loadExtractor,
  mnistTask,
  type Task,
} from '@fedhybnn/shared';
import { readExtractorFile } from '../run/extractor-source.js';
import { joinAddresses } from './addresses.js';
import { Children } from './children.js';
import { federationProgress, followFederation } from './follow.js';
import { demoOperator } from './operator.js';
import { COMPANIONS, invitation, phoneTask, taskKnown } from './phones.js';

export interface DemoOptions {
  readonly port: number;
  readonly clients: number;
  readonly rounds: number;
  readonly workers: number;
  /** State folder; a second start resumes from it. */
  readonly data: string;
  /** Ends when the federation ends, instead of staying up. */
  readonly exitWhenEnded: boolean;
}

const EXTRACTOR = 'patches-512';

/** Runs until the signal, or until the federation ends if so asked. */
export async function demo(
  options: DemoOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  print(
    `FedHyBNN demo: ${options.clients} clients learn handwritten digits together; no image leaves a client.`,
  );
  const { task, phones } = await writeInputs(options, print);
  const operator = await demoOperator(options.data, join(options.data, 'coordinator'));
  const children = new Children(signal);
  try {
    children.start(command('@fedhybnn/server', 'fedhybnn-coordinator'), [
      'serve',
      ...['--port', String(options.port), '--data', join(options.data, 'coordinator')],
      ...['--task', join(options.data, 'task.json')],
      ...['--extractor', join(options.data, 'extractor.fhx')],
      ...['--evaluation', join(options.data, 'test.bits')],
      ...['--log-level', 'warn'],
    ]);
    const url = `http://localhost:${options.port}`;
    await waitUntilReady(url, children, signal);
    const { local, network } = joinAddresses(options.port, task.id);
    print(
      `Coordinator at ${local}${network === undefined ? '' : ` (in this network: ${network})`}`,
    );
    print(
      `Join from a clone of this repository on another machine: npx fedhybnn-client join ${network ?? local} --data mnist:1/10`,
    );
    print(
      `Dashboard at ${url}/dashboard, log in as ${operator.name} with the password ${operator.password}`,
    );
    if (!options.exitWhenEnded) {
      for (const line of invitation(options.port, phones)) print(line);
      await openForPhones(children, url, phones, options, signal);
    }
    const { phase } = await federationProgress(url, task.id, 0, signal);
    if (phase === 'ENDED') {
      print(`This federation has ended already; delete ${options.data} to begin anew.`);
    } else if (!signal.aborted) {
      startClients(children, `${url}/${task.id}`, options);
    }
    await followFederation({ url, task, print, signal, failed: children.failed });
    if (!options.exitWhenEnded && !signal.aborted) {
      print(`The coordinator stays up at ${local}; press Ctrl-C to stop it.`);
      await Promise.race([aborted(signal), children.failed]);
    }
  } finally {
    await children.stop();
  }
  print('Stopped. State is kept: the next `npm run demo` goes on from here.');
}

function startClients(children: Children, address: string, options: DemoOptions): void {
  const { clients, workers, data } = options;
  children.start(command('@fedhybnn/client', 'fedhybnn-client'), [
    'join',
    address,
    ...['--data', `mnist:1/${clients}`, '--count', String(clients)],
    ...['--workers', String(workers), '--state', join(data, 'clients')],
    '--quiet',
  ]);
}

/** Creates the federation for phones, with headless clients that wait for the first one. */
async function openForPhones(
  children: Children,
  url: string,
  task: Task,
  { data }: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  children.start(command('@fedhybnn/server', 'fedhybnn-coordinator'), [
    'create-task',
    join(data, 'phones.json'),
    ...['--data', join(data, 'coordinator')],
    ...['--extractor', join(data, 'extractor.fhx')],
    ...['--evaluation', join(data, 'test.bits')],
  ]);
  await Promise.race([taskKnown(url, task.id, signal), children.failed]);
  children.start(command('@fedhybnn/client', 'fedhybnn-client'), [
    'join',
    `${url}/${task.id}`,
    ...['--data', 'mnist:1/20', '--count', String(COMPANIONS)],
    ...['--workers', '1', '--state', join(data, 'companions')],
    '--quiet',
  ]);
}

/** Task, extractor and evaluation set, as an operator would give them to the coordinator. */
async function writeInputs(
  options: DemoOptions,
  print: (line: string) => void,
): Promise<{ readonly task: Task; readonly phones: Task }> {
  const file = await readExtractorFile(EXTRACTOR);
  const extractor = await loadExtractor(file);
  const test = await loadMnist({ split: 'test' });
  print('Turning the 10,000 test images into latent bits …');
  const bits = await cachedLatentBits({ extractor, dataset: test });
  extractor.dispose();
  const identity = { sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits };
  const phones = phoneTask(identity);
  const task = mnistTask({
    extractor: identity,
    rule: 'sign-vote',
    federation: {
      rounds: options.rounds,
      goal: options.clients,
      minimum: Math.ceil(options.clients / 2),
      deadlineMs: 30_000,
      gatherMs: 10_000,
    },
  });
  try {
    await mkdir(options.data, { recursive: true });
    await writeFile(join(options.data, 'task.json'), `${JSON.stringify(task, null, 2)}\n`);
    await writeFile(join(options.data, 'phones.json'), `${JSON.stringify(phones, null, 2)}\n`);
    await writeFile(join(options.data, 'extractor.fhx'), file);
    await writeFile(
      join(options.data, 'test.bits'),
      encodeBitsFile({ bits, labels: test.labels }, task.labels.length),
    );
  } catch (cause) {
    throw new FederationError(
      'data-folder',
      `--data ${options.data}: cannot be written; choose another folder or change its permissions`,
      { cause },
    );
  }
  return { task, phones };
}

function command(name: string, bin: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return fileURLToPath(new URL(`./bin/${bin}.js`, `file://${manifest}`));
}

async function waitUntilReady(url: string, children: Children, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 300 && !signal.aborted; attempt++) {
    const ready = fetch(`${url}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (await Promise.race([ready, children.failed])) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  signal.throwIfAborted();
  throw new FederationError('coordinator-unreachable', `the coordinator did not start at ${url}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
