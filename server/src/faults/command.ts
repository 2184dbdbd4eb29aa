/** `npm run faults`: kills a coordinator many times and says what held. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { Command, Option } from 'commander';
import { jsonOption, print, wholeInRange } from '../bin/options.js';
import { runCommand, tellErrorsInOneLine } from '../bin/run-command.js';
import { type PostgresServer, postgresMissing, startPostgres } from '../testing/postgres-server.js';
import { straceMissing } from './coordinator-process.js';
import type { FaultKind } from './next-fault.js';
import { type SweepSummary, sweep } from './sweep.js';

interface FaultsOptions {
  readonly kind: FaultKind;
  readonly kills: number;
  readonly seed: number;
  readonly folder?: string;
  readonly json: boolean;
}

const program = tellErrorsInOneLine(new Command('faults'))
  .description('strikes a coordinator again and again, and checks every invariant after each time')
  .addOption(
    new Option(
      '--kind <kind>',
      'kills at its syncs of the disk, at random moments, or on PostgreSQL; or errors of the disk',
    )
      .choices(['sync', 'random', 'postgres', 'disk'])
      .default('sync'),
  )
  .option('--kills <n>', 'how many faults', wholeInRange(1, 1_000_000), 200)
  .option('--seed <n>', 'of the faults and the clients', wholeInRange(0, 2 ** 31), 1)
  .option('--folder <path>', 'where the data folders are made (default: that of temporary files)')
  .addOption(jsonOption())
  .action(play);

async function play({ kind, kills, seed, folder, json }: FaultsOptions): Promise<void> {
  const missing = {
    sync: straceMissing,
    disk: straceMissing,
    postgres: postgresMissing,
    random: () => null,
  }[kind]();
  if (missing !== null) throw new FederationError('bad-request', `--kind ${kind}: ${missing}`);
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(join(folder ?? tmpdir(), 'fedhybnn-faults-'));
  let postgres: PostgresServer | undefined;
  try {
    const server = kind === 'postgres' ? await startPostgres() : undefined;
    postgres = server;
    const summary = await sweep({
      ...{ kind, kills, seed, folder: place },
      database: server === undefined ? undefined : () => server.database(),
      onProgress: progressLine(kills),
    });
    process.stderr.write('\n');
    const violations = summary.problems.length;
    print(json ? JSON.stringify({ ...summary, violations }) : inWords(summary));
    if (summary.problems.length > 0 || summary.lost > 0) process.exitCode = 1;
  } finally {
    await postgres?.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

/** Rewrites one line on a terminal; elsewhere writes one each fifty kills. */
function progressLine(goal: number): (summary: SweepSummary) => void {
  let told = 0;
  return ({ kills, acked, rounds, problems, seconds, worstRestartSeconds }) => {
    const left = kills === 0 ? '?' : Math.ceil(((goal - kills) * seconds) / kills);
    const line = `${kills}/${goal} kills, ${acked} acked, ${rounds} rounds, worst restart ${worstRestartSeconds.toFixed(2)} s, ${problems.length} violations, ${left} s left`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K`);
    else if (kills >= told + 50) process.stderr.write(`${line}\n`);
    else return;
    told = kills;
  };
}

function inWords(summary: SweepSummary): string {
  const { kind, kills, folders, acked, lost, rounds, problems, invariants } = summary;
  return [
    `${kills} kills (${kind}) in ${folders} folders, ${summary.seconds} s: ${acked} acked updates, ${lost} lost, ${rounds} rounds`,
    `restart: ${summary.meanRestartSeconds} s on average, ${summary.worstRestartSeconds} s at worst`,
    Object.entries(invariants)
      .map(([name, state]) => `${name} ${state}`)
      .join(', '),
    ...problems.map((problem) => `violation: ${problem}`),
  ].join('\n');
}

await runCommand(program);
