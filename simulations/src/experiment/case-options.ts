/** From a case's arguments to the options of its command. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { Command } from 'commander';
import { addBaselineOptions, type BaselineOptions } from '../baseline/command.js';
import { addRunOptions, type RunOptions } from '../run/options.js';
import type { ExperimentCase } from './section.js';

/** As {@link addRunOptions} reads them, with today's defaults. */
export function runOptions({ args }: ExperimentCase, seed: number, workers: number): RunOptions {
  const options = parse(addRunOptions(new Command('run')), args).opts<RunOptions>();
  const { extractor } = options;
  return { ...options, ...(extractor && { extractor: packaged(extractor) }), seed, workers };
}

export function baselineOptions({ args }: ExperimentCase, seed: number): BaselineOptions {
  const options = parse(addBaselineOptions(new Command('baseline')), args);
  return { ...options.opts<BaselineOptions>(), seed };
}

/** Without the environment: a variable that is set for the experiment is not meant for its cases. */
function parse(command: Command, args: readonly string[]): Command {
  for (const option of command.options) delete option.envVar;
  return command.exitOverride().parse([...args], { from: 'user' });
}

/** A path in the repository, from wherever the command is started. */
function packaged(extractor: string): string {
  if (!extractor.startsWith('shared/extractors/')) return extractor;
  const shared = dirname(createRequire(import.meta.url).resolve('@fedhybnn/shared/package.json'));
  const path = join(shared, '..', extractor);
  if (existsSync(path)) return path;
  throw new FederationError('unknown-file', `${extractor} is not there`);
}
