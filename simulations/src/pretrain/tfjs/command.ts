/** `--kind tfjs` of `pretrain`: its options. */
import { FederationError, type ImageBatch, type TfjsHeader } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { pretrainTfjs } from './pretrain-tfjs.js';
import { readModel } from './read-model.js';

export interface TfjsCommandOptions {
  readonly model?: string;
  readonly modelOutput: string;
  readonly range: TfjsHeader['range'];
  readonly bits: number;
  readonly samples?: number;
  readonly seed: number;
}

const SAMPLES = 5000;

const option = (flags: string, description: string, variable: string) =>
  new Option(`--${flags}`, `${description} (tfjs)`).env(`FEDHYBNN_${variable}`);

export function addTfjsOptions(command: Command): Command {
  return command
    .addOption(option('model <place>', 'folder, model.json or its http(s) address', 'MODEL'))
    .addOption(
      option(
        'model-output <name>',
        'layer or node whose values are the features; by default the output',
        'MODEL_OUTPUT',
      ).default('', 'the output'),
    )
    .addOption(
      option('range <name>', 'pixels as 0…1, −1…1 or 0…255', 'RANGE')
        .choices(['unit', 'signed', 'byte'])
        .default('unit'),
    );
}

/** The options of this kind, for the command in the file. */
export function tfjsFlags({ model, modelOutput, range, bits, seed }: TfjsCommandOptions): string {
  const output = modelOutput === '' ? '' : ` --model-output ${modelOutput}`;
  const shown = (model ?? '').split(/[\\/]/).filter(Boolean).at(-1) ?? '';
  return `--model ${shown}${output} --range ${range} --bits ${bits} --seed ${seed}`;
}

/** @throws FederationError `bad-request` if `--model` is missing */
export async function makeTfjs(
  options: TfjsCommandOptions,
  images: ImageBatch,
  names: { readonly name: string; readonly trainedOn: string; readonly command: string },
  onProgress: (done: number) => void,
) {
  if (options.model === undefined) {
    throw new FederationError(
      'bad-request',
      '--model: which TensorFlow.js model? Name a folder with model.json, or its address',
    );
  }
  const { modelOutput, range, bits, seed, samples = SAMPLES } = options;
  const model = await readModel(options.model);
  return pretrainTfjs({
    ...names,
    ...{ images, model, output: modelOutput, range, bits, samples, seed, onProgress },
  });
}
