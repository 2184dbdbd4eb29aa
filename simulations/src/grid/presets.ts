/** Experiments that ship with the simulator, and how one is found by what a user calls it. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FederationError } from '@fedhybnn/shared';
import { nearestName } from '../run/settings.js';
import { type ExperimentFile, parseExperimentFile } from './experiment-file.js';

const FOLDER = fileURLToPath(new URL('../../presets', import.meta.url));

/** Names of the presets, the simplest first. */
export function presetNames(): string[] {
  const first = ['quickstart', 'non-iid', 'attack'];
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  return readdirSync(FOLDER)
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The path of a preset's file. */
export function presetPath(name: string): string {
  return join(FOLDER, `${name}.yaml`);
}

/** What an experiment is called in the name of its folder. */
export function experimentName(source: string): string {
  return basename(source, extname(source));
}

/**
 * A preset by its name, or a file by its path.
 * @throws FederationError `unknown-file` naming the presets
 */
export async function readExperiment(name: string): Promise<ExperimentFile> {
  const preset = presetNames().includes(name);
  const path = preset ? presetPath(name) : name;
  const text = await readFile(path, 'utf8').catch((cause) => {
    const near = nearestName(name, presetNames());
    const remedy = near === undefined ? '' : `; did you mean "${near}"?`;
    throw new FederationError(
      'unknown-file',
      `run ${name}: neither a readable file nor a preset (${presetNames().join(', ')})${remedy}`,
      { cause },
    );
  });
  return parseExperimentFile(text, preset ? basename(path) : name);
}
