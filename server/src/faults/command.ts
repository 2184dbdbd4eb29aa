/** `npm run faults`: the sweep as a command. */
import { FederationError } from '@fedhybnn/shared';
import { Command, Option } from 'commander';
import { print, wholeInRange } from '../bin/options.js';
import { runCommand, tellErrorsInOneLine } from '../bin/run-command.js';
import { startPostgres } from '../testing/postgres-server.js';
import { type SweepReport, sweep } from './sweep.js';

interface FaultOptions {
  readonly kind: 'sync' | 'random' | 'postgres';
  readonly kills: number;
  readonly seed: number;
  readonly json: boolean;
}

const program = tellErrorsInOneLine(new Command('faults'))
  .description('kills a coordinator that plays, again and again, and checks what it had promised')
  .addOption(
    new Option(
      '--kind <kind>',
      'sync: at each sync of the disk, with strace; random: at any moment; postgres: the same on PostgreSQL',
    )
      .choices(['sync', 'random', 'postgres'])
      .default('random'),
  )
  .option('--kills <n>', 'how often', wholeInRange(1, 100_000), 200)
  .option('--seed <n>', 'of the moments', wholeInRange(0, 2 ** 31), 1)
  .option('--json', 'print the summary as one JSON object', false)
  .action(async ({ kind, kills, seed, json }: FaultOptions) => {
    const postgres = kind === 'postgres' ? await startPostgres() : undefined;
    try {
      const start = performance.now();
      const report = await sweep({
        ...{ kind: kind === 'sync' ? 'sync' : 'random', kills, seed, postgres },
        onKill: (soFar) => tell(soFar, kills, start),
      });
      const summary = summarize(kind, report, (performance.now() - start) / 1000);
      print(json ? JSON.stringify(summary) : describe(summary));
      if (report.violations.length === 0) return;
      throw new FederationError(
        'invariant-broken',
        `after ${report.kills} kills: ${report.violations.slice(0, 5).join('; ')}`,
      );
    } finally {
      await postgres?.stop();
    }
  });

function summarize(kind: string, report: SweepReport, seconds: number) {
  const { kills, acked, rounds, restartMs, violations } = report;
  const sorted = [...restartMs].sort((a, b) => a - b);
  const inSeconds = (ms: number | undefined) => Number(((ms ?? 0) / 1000).toFixed(2));
  return {
    ...{ kind, kills, acked, rounds, violations: violations.length },
    medianRestartSeconds: inSeconds(sorted[sorted.length >> 1]),
    worstRestartSeconds: inSeconds(sorted.at(-1)),
    seconds: Math.round(seconds),
  };
}

function describe(summary: ReturnType<typeof summarize>): string {
  const { kind, kills, acked, rounds, violations, seconds } = summary;
  const { medianRestartSeconds: median, worstRestartSeconds: worst } = summary;
  return `${kind}: ${kills} kills in ${seconds} s, ${rounds} rounds, ${acked} acked updates, ${violations} violations; restart ${median} s (median), ${worst} s (worst)`;
}

function tell({ kills, acked, restartMs }: SweepReport, of: number, start: number): void {
  const left = ((performance.now() - start) / kills / 1000) * (of - kills);
  const last = ((restartMs.at(-1) ?? 0) / 1000).toFixed(2);
  const line = `${kills}/${of} kills  ${acked} acked  restart ${last} s  ${Math.round(left)} s left`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}   ` : `${line}\n`);
}

await runCommand(program);
