/** `fedhybnn-simulate fuzz`: hostile inputs for every decoder of the platform. */
import { writeFileSync } from 'node:fs';
import { FederationError } from '@fedhybnn/shared';
import { type FuzzReport, type FuzzTarget, fuzz, sharedTargets } from '@fedhybnn/shared/fuzz';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { wholeNumber } from '../run/numbers.js';
import { addressTarget } from './address-target.js';

interface FuzzCommandOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly only: string;
  readonly failure: string;
  readonly json: boolean;
}

/** What the command says at its end. */
export interface FuzzSummary extends FuzzReport {
  readonly seed: number;
  readonly seconds: number;
  /** By how much the process grew while it ran, bytes; the largest of all samples. */
  readonly mostGrowth: number;
}

/** @param targets by default every decoder */
export function registerFuzzCommand(
  program: Command,
  targets: readonly FuzzTarget[] = [...sharedTargets(), addressTarget],
): void {
  program
    .command('fuzz')
    .description('feeds hostile inputs to every decoder; stops at the first that does wrong')
    .addOption(
      new Option('--inputs <n>', 'how many in all')
        .env('FEDHYBNN_INPUTS')
        .argParser(wholeNumber(1, 1_000_000_000_000))
        .default(1_000_000),
    )
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same inputs')
        .env('FEDHYBNN_SEED')
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
        .default(1),
    )
    .addOption(
      new Option('--only <text>', 'decoders whose name contains this')
        .env('FEDHYBNN_ONLY')
        .default(''),
    )
    .addOption(
      new Option('--failure <file>', 'where an input that breaks a decoder is written, as hex')
        .env('FEDHYBNN_FAILURE')
        .default('fuzz-failure.hex'),
    )
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action(async (options: FuzzCommandOptions) => {
      const summary = await run(targets, options);
      process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
      const { violation } = summary;
      if (violation === undefined) return;
      writeFileSync(options.failure, `${violation.input}\n`);
      process.stderr.write(
        `${violation.target}: ${violation.message}; the input is in ${options.failure}\n`,
      );
      process.exitCode = 1;
    });
}

async function run(
  all: readonly FuzzTarget[],
  { inputs, seed, only }: FuzzCommandOptions,
): Promise<FuzzSummary> {
  const targets = all.filter(({ name }) => name.includes(only));
  if (targets.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new FederationError('bad-request', `--only ${only}: no such decoder; there are ${names}`);
  }
  const start = performance.now();
  const before = process.memoryUsage.rss();
  let most = before;
  const report = await fuzz(targets, {
    ...{ inputs, seed },
    now: () => performance.now(),
    onProgress(done) {
      most = Math.max(most, process.memoryUsage.rss());
      const rate = Math.round((1000 * done) / (performance.now() - start));
      const share = ((100 * done) / inputs).toFixed(1);
      process.stderr.write(`${done} of ${inputs} inputs (${share} %), ${rate} a second\n`);
    },
  });
  const seconds = Math.round(performance.now() - start) / 1000;
  return { ...report, seed, seconds, mostGrowth: Math.max(0, most - before) };
}

function asText({ targets, inputs, seconds, mostGrowth, violation }: FuzzSummary): string {
  const table = new Table({
    head: ['decoder', 'accepted', 'refused', 'slowest', 'most allocated'],
    style: { head: [], border: [] },
  });
  for (const { target, accepted, refused, slowestMs, mostAllocated } of targets) {
    table.push([target, accepted, refused, `${slowestMs.toFixed(1)} ms`, `${mostAllocated} B`]);
  }
  const grown = `${Math.round(mostGrowth / 1_048_576)} MiB`;
  const end = violation === undefined ? 'No violation' : 'A violation';
  return `${table}\n${end}: ${inputs} inputs in ${seconds} s; the process grew by at most ${grown}.`;
}
