/** `fedhybnn-simulate bench`: our kernels against other browser frameworks, as ratios in one process. */
import { FederationError } from '@fedhybnn/shared';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { wholeNumber } from '../run/options.js';
import type { PeerName } from './cases.js';
import { measure, type Ratio } from './measure.js';

/** One line of the result: ratio = peer's time / ours. */
export interface BenchRow extends Ratio {
  readonly case: string;
  readonly contender: 'portable';
  readonly peer: PeerName;
}

interface BenchOptions {
  readonly only: string;
  readonly rounds: number;
  readonly turn: number;
  readonly json: boolean;
}

export function registerBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('times our kernels against TensorFlow.js and jax-js, in turn, in one process')
    .addOption(
      new Option('--only <text>', 'cases whose name contains this')
        .env('FEDHYBNN_ONLY')
        .default(''),
    )
    .addOption(
      new Option('--rounds <n>', 'turns of each')
        .env('FEDHYBNN_ROUNDS')
        .argParser(wholeNumber(1, 1000))
        .default(15),
    )
    .addOption(
      new Option('--turn <ms>', 'how long a turn is filled')
        .env('FEDHYBNN_TURN')
        .argParser(wholeNumber(1, 10_000))
        .default(100),
    )
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action(async (options: BenchOptions) => {
      const rows = await bench(options, (line) => process.stderr.write(`${line}\n`));
      const cases = rows.map(({ case: name, contender, peer, ratio, low, high }) => ({
        case: name,
        contender,
        peer,
        ratio,
        low,
        high,
      }));
      process.stdout.write(`${options.json ? JSON.stringify({ cases }) : benchTable(rows)}\n`);
    });
}

async function bench(options: BenchOptions, note: (line: string) => void): Promise<BenchRow[]> {
  // The peers are large: only this command loads them.
  const { BENCH_CASES } = await import('./cases.js');
  const chosen = BENCH_CASES.filter(({ name }) => name.includes(options.only));
  if (chosen.length === 0) {
    const names = BENCH_CASES.map(({ name }) => name).join(', ');
    throw new FederationError(
      'bad-request',
      `--only ${options.only}: no such case; there are ${names}`,
    );
  }
  const rows: BenchRow[] = [];
  for (const { name, contender, peers } of chosen) {
    note(`${name} …`);
    const works = new Map<PeerName, Awaited<ReturnType<typeof contender>>>();
    for (const [peer, open] of peers) works.set(peer, await open());
    const ratios = await measure(await contender(), works, {
      rounds: options.rounds,
      turnMs: options.turn,
    });
    for (const [peer, ratio] of ratios) {
      rows.push({ case: name, contender: 'portable', peer, ...ratio });
    }
  }
  return rows;
}

function benchTable(rows: readonly BenchRow[]): string {
  const table = new Table({
    head: ['case', 'peer', 'times faster', 'quartiles', 'ours', 'peer'],
    style: { head: [], border: [] },
  });
  for (const { case: name, peer, ratio, low, high, contenderMs, peerMs } of rows) {
    const range = `${figure(low)} … ${figure(high)}`;
    table.push([name, peer, `× ${figure(ratio)}`, range, time(contenderMs), time(peerMs)]);
  }
  return table.toString();
}

const figure = (value: number) => Number(value.toPrecision(3)).toString();
const time = (ms: number) => (ms < 1 ? `${figure(1000 * ms)} µs` : `${figure(ms)} ms`);
