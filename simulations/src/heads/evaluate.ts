/** `fedhybnn-simulate evaluate`: an exported head on the test images of a data set. */
import { readFile } from 'node:fs/promises';
import { cachedLatentBits, type Dataset } from '@fedhybnn/client/node';
import {
  type Extractor,
  FederationError,
  type InferenceHead,
  loadExtractor,
  loadHead,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions } from '../datasets/options.js';
import { type DatasetSource, loadDataset } from '../datasets/source.js';
import { readExtractorFile, SHIPPED_EXTRACTORS } from '../run/extractor-source.js';

interface EvaluateOptions extends DatasetSource {
  readonly extractor?: string;
  readonly json: boolean;
}

/** The contract of `evaluate --json`. */
export interface HeadEvaluation {
  readonly title: string;
  readonly source: string;
  readonly samples: number;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** Share of each class that was recognized, in the order of the labels. */
  readonly recall: readonly number[];
  /** Median of single predictions, without extraction. */
  readonly microseconds: number;
}

/** Adds `evaluate` to a program. */
export function registerEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .description('runs an exported head, a sample at a time, on the test samples of a data set')
    .argument('<head>', 'head file, as export and import-lfc write it');
  addDatasetOptions(command)
    .addOption(
      new Option(
        '--extractor <file>',
        'extractor file (default: the shipped one that the head names)',
      ).env('FEDHYBNN_EXTRACTOR'),
    )
    .addOption(
      new Option('--json', 'print one JSON object as the last line')
        .env('FEDHYBNN_JSON')
        .default(false),
    )
    .action(async (file: string, options: EvaluateOptions) => {
      const result = await evaluate(file, options);
      process.stdout.write(`${options.json ? JSON.stringify(result) : asText(result)}\n`);
    });
}

async function evaluate(file: string, options: EvaluateOptions): Promise<HeadEvaluation> {
  const head = await loadHead(await readHeadFile(file));
  const extractor = await extractorOf(head, options.extractor);
  const dataset = await loadDataset(options, 'test');
  const labels = singleLabels(dataset);
  const classes = head.metadata.labels.length;
  if (extractor.bits !== head.inputs || classes !== dataset.classes.length) {
    throw new FederationError(
      'bad-request',
      `${file}: takes ${head.inputs} bits and tells ${classes} classes, but extractor and data set have ${extractor.bits} and ${dataset.classes.length}`,
    );
  }
  const bits = await cachedLatentBits({ extractor, dataset });
  extractor.dispose();
  const right = new Float64Array(classes);
  const all = new Float64Array(classes);
  const times = new Float64Array(labels.length);
  labels.forEach((label, i) => {
    const start = performance.now();
    head.input.set(bits.row(i));
    const told = head.predict();
    times[i] = performance.now() - start;
    all[label]++;
    if (told === label) right[label]++;
  });
  const samples = labels.length;
  return {
    title: head.metadata.title,
    source: head.metadata.source ?? '',
    samples,
    accuracy: right.reduce((sum, n) => sum + n, 0) / samples,
    recall: Array.from(right, (n, label) => n / all[label]),
    microseconds: 1000 * times.sort()[samples >> 1],
  };
}

function singleLabels(dataset: Dataset): Int32Array {
  if ('labels' in dataset) return dataset.labels;
  throw new FederationError(
    'bad-request',
    `data set ${dataset.name}: has several labels a sample, but evaluate counts one; the summary of run has the metrics`,
  );
}

/** The extractor whose hash the head names. */
async function extractorOf(head: InferenceHead, file: string | undefined): Promise<Extractor> {
  const wanted = head.metadata.extractor;
  for (const name of file === undefined ? SHIPPED_EXTRACTORS : [file]) {
    const extractor = await loadExtractor(await readExtractorFile(name));
    if (wanted === undefined || extractor.sha256 === wanted) return extractor;
    extractor.dispose();
  }
  throw new FederationError(
    'unknown-file',
    `the head takes the bits of extractor ${wanted}, which is ${file === undefined ? 'no shipped one' : `not ${file}`}; give its file with --extractor`,
  );
}

async function readHeadFile(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `${file}: cannot be read; fedhybnn-coordinator export --format head writes one`,
      { cause },
    );
  }
}

function asText({
  title,
  source,
  samples,
  accuracy,
  recall,
  microseconds,
}: HeadEvaluation): string {
  const classes = recall.map((share, label) => `${label}: ${(100 * share).toFixed(1)} %`);
  return [
    `${title} (${source})`,
    `${(100 * accuracy).toFixed(2)} % of ${samples} samples, ${microseconds.toFixed(1)} µs each`,
    classes.join(', '),
  ].join('\n');
}
