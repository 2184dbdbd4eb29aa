/**
 * Kills a coordinator again and again while it plays with real clients over real sockets, and checks
 * after every kill what it had promised.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import type { PostgresServer } from '../testing/postgres-server.js';
import {
  tinyExtractor,
  tinyTask,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';
import { brokenPromises } from './check-receipts.js';
import { Victim, type VictimPlace } from './victim.js';

export interface SweepOptions {
  /** `sync`: at the nth call that makes something durable; `random`: at any moment. */
  readonly kind: 'sync' | 'random';
  readonly kills: number;
  readonly seed: number;
  /** Where the databases are; without one, the embedded store. */
  readonly postgres?: PostgresServer | undefined;
  readonly onKill?: (report: SweepReport) => void;
}

export interface SweepReport {
  readonly kills: number;
  /** Updates that clients hold receipts for. */
  readonly acked: number;
  readonly rounds: number;
  readonly restartMs: readonly number[];
  readonly violations: readonly string[];
}

/** Kills in one data folder; then a fresh one. */
const KILLS_A_FOLDER = 20;
/** The nth call of each thread up to this; then again from the first, with other votes. */
const SYNCS = 60;
const CLIENTS = ['a', 'b', 'c'];
/** Long enough for every sync of a run to come. Milliseconds. */
const LATEST_MS = 20_000;

export async function sweep(options: SweepOptions): Promise<SweepReport> {
  let report: SweepReport = { kills: 0, acked: 0, rounds: 0, restartMs: [], violations: [] };
  for (let folder = 0; report.kills < options.kills; folder++) {
    const kills = Math.min(KILLS_A_FOLDER, options.kills - report.kills);
    report = await killInFolder(options, report, kills, folder);
    if (report.violations.length > 0) break;
  }
  return report;
}

async function killInFolder(
  options: SweepOptions,
  before: SweepReport,
  kills: number,
  folderNumber: number,
): Promise<SweepReport> {
  const folder = mkdtempSync(join(tmpdir(), 'fedhybnn-faults-'));
  const task = tinyTask({ rounds: 100_000, gatherMs: 20 });
  const place: VictimPlace = {
    data: join(folder, 'data'),
    database: await options.postgres?.database(),
    port: await freePort(),
    task: join(folder, 'task.json'),
    extractor: join(folder, 'tiny.fhx'),
  };
  writeFileSync(place.task, JSON.stringify(task));
  writeFileSync(place.extractor, tinyExtractor);
  const random = new Random(deriveSeed(options.seed, 'kills', folderNumber));
  const clients: VotingClient[] = [];
  let report = before;
  let victim = new Victim(place);
  try {
    await requireReady(victim);
    for (const id of CLIENTS) clients.push(await votingClient(victim.url, task, id));
    const acked = () => clients.reduce((sum, { receipts }) => sum + receipts.size, 0);
    let checked = 1;
    for (let kill = 0; kill < kills; kill++) {
      if (options.kind === 'sync') {
        await victim.kill();
        victim = new Victim(place, 1 + ((before.kills + kill) % SYNCS));
        await victim.died(LATEST_MS);
      } else {
        await pause(random.below(400));
        await victim.kill();
      }
      const broken = await brokenPromises(place, task.id, clients, checked);
      checked = Math.max(1, ...clients.flatMap(({ receipts }) => [...receipts.keys()]));
      victim = new Victim(place);
      const restartMs = await requireReady(victim);
      const soFar = acked();
      report = {
        kills: report.kills + 1,
        acked: before.acked + soFar,
        rounds: before.rounds + checked,
        restartMs: [...report.restartMs, restartMs],
        violations: [...report.violations, ...broken],
      };
      options.onKill?.(report);
      if (broken.length > 0) return report;
      await progress(acked, soFar);
    }
    await victim.kill();
    const broken = await brokenPromises(place, task.id, clients, 1);
    const [{ rounds }] = await verifyFolder(place.data, undefined, place.database);
    const total = before.rounds + rounds;
    return { ...report, rounds: total, violations: [...report.violations, ...broken] };
  } catch (thrown) {
    const { message } = FederationError.from(thrown);
    return { ...report, violations: [...report.violations, message] };
  } finally {
    for (const { socket } of clients) socket.disconnect();
    await victim.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requireReady(victim: Victim): Promise<number> {
  const ms = await victim.ready();
  if (ms !== null) return ms;
  throw new FederationError('coordinator-unreachable', 'a start without faults failed');
}

/** Waits for a receipt more than there were: the federation goes on. */
async function progress(acked: () => number, before: number): Promise<void> {
  const end = performance.now() + LATEST_MS;
  while (acked() === before) {
    if (performance.now() > end) {
      throw new FederationError('coordinator-unreachable', 'no update was acked after a restart');
    }
    await pause(10);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
