/** `fedhybnn-simulate bench`: our kernels against other browser frameworks, as ratios in one process. */
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { loadMnist } from '@fedhybnn/client/node';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { readExtractorFile } from '../run/extractor-source.js';
import { wholeNumber } from '../run/numbers.js';
import type { ExtractionInput } from './extraction.js';
import type { BenchRequest, BenchResult, BenchRow } from './run-cases.js';

interface BenchOptions {
  readonly only: string;
  readonly rounds: number;
  readonly turn: number;
  readonly browser: boolean;
  readonly plot?: string;
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
      new Option('--browser', 'in a page of a headless Chromium instead of Node')
        .env('FEDHYBNN_BROWSER')
        .default(false),
    )
    .addOption(new Option('--plot <file>', 'draw the ratios, as .svg or .png').env('FEDHYBNN_PLOT'))
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action(async (options: BenchOptions) => {
      const result = await bench(options, (line) => process.stderr.write(`${line}\n`));
      if (options.plot !== undefined) {
        const { writePlot } = await import('./plot.js');
        const engine = options.browser ? 'Chromium' : `Node ${process.versions.node}`;
        await writePlot(options.plot, result.rows, `${engine}, ${cpus()[0]?.model ?? 'unknown'}`);
      }
      process.stdout.write(`${options.json ? asJson(result) : asText(result)}\n`);
    });
}

/** The peers are large: only this command loads them, in the engine that runs them. */
async function bench(
  { only, rounds, turn, browser }: BenchOptions,
  note: (line: string) => void,
): Promise<BenchResult> {
  const request: BenchRequest = { only, rounds, turnMs: turn };
  const input = await extractionInput();
  if (browser) {
    const { runInBrowser } = await import('./in-browser.js');
    return runInBrowser(request, input, note);
  }
  if (Number.parseInt(process.versions.node, 10) < 22) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  const { runCases } = await import('./run-cases.js');
  const { poolCase } = await import('./pool.js');
  return runCases(request, input, [poolCase()], note);
}

/** Real images, and the extractor that clients use. */
async function extractionInput(): Promise<ExtractionInput> {
  const count = 100;
  const { images } = await loadMnist({ split: 'test' });
  const size = images.width * images.height * images.channels;
  return {
    extractor: await readExtractorFile('patches-512'),
    images: { ...images, count, pixels: images.pixels.slice(0, count * size) },
  };
}

function asJson({ rows, kernels, firstCallMs }: BenchResult): string {
  const cases = rows.map(({ case: name, contender, peer, ratio, low, high }) => ({
    ...{ case: name, contender, peer },
    ...{ ratio, low, high },
  }));
  return JSON.stringify({ cases, kernels, firstCallMs });
}

function asText({ rows, kernels, firstCallMs }: BenchResult): string {
  return [
    benchTable(rows),
    `Kernels: ${kernels}; first result after ${firstCallMs.toFixed(1)} ms.`,
  ].join('\n');
}

function benchTable(rows: readonly BenchRow[]): string {
  const table = new Table({
    head: ['case', 'ours', 'peer', 'times faster', 'quartiles', 'our time', 'peer time'],
    style: { head: [], border: [] },
  });
  for (const { case: name, contender, peer, ratio, low, high, contenderMs, peerMs } of rows) {
    const range = `${figure(low)} … ${figure(high)}`;
    table.push([
      name,
      contender,
      peer,
      `× ${figure(ratio)}`,
      range,
      time(contenderMs),
      time(peerMs),
    ]);
  }
  return table.toString();
}

const figure = (value: number) => Number(value.toPrecision(3)).toString();
const time = (ms: number) => (ms < 1 ? `${figure(1000 * ms)} µs` : `${figure(ms)} ms`);
