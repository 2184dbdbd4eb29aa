/**
 * `--init-from`: a run that begins with a model of an earlier one, in the place of the model that the
 * task makes of its seed. Only a file with latents will do (`model.fhm`, or a coordinator's
 * snapshot): an exported head has their signs alone.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  decodeFrame,
  decodeModel,
  FederationError,
  type GlobalModel,
  isBinary,
  parameterCount,
  parse,
  ruleFor,
  sha256Hex,
  type Task,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import * as z from 'zod';

/** At the beginning of an exported head. */
const HEAD_MAGIC = 'FHBI';

/** The model of a run's folder. */
export const MODEL_FILE = 'model.fhm';

export interface InitialModel {
  /** As it was given. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly model: GlobalModel;
  /** What it was trained for, where a `run.json` beside the file tells. */
  readonly task?: Task;
}

/**
 * @param path a model file, or the folder of a run
 * @throws FederationError `unknown-file` or `file-corrupt` naming the option and the remedy
 */
export async function readInitialModel(path: string): Promise<InitialModel> {
  const { file, bytes } = await bytesOf(path);
  const model = decoded(path, bytes);
  const hash = decodeFrame(bytes, 'model', bytes.length, 'file-corrupt').taskHash;
  const task = await taskBeside(file, hash);
  return { path, bytes, sha256: sha256Hex(bytes), model, ...(task !== undefined && { task }) };
}

/**
 * The model of round 0 for a task.
 * @throws FederationError `bad-request` naming what differs, and the remedy
 */
export function startingModel(
  { path, model, task: trained }: InitialModel,
  task: Task,
): GlobalModel {
  if (trained !== undefined) checkSameHead(path, trained, task);
  const [has, needs] = [model.latents.length, parameterCount(task)];
  if (has !== needs) {
    throw refused(
      path,
      `has ${has} parameters, but the head of this run has ${needs}`,
      'give the --extractor, --hidden, --output-layer and --convolution that it was trained with',
    );
  }
  return { ...inFraction(model, ruleFor(task.federation.rule).fraction), round: 0 };
}

/** The parameters of one must mean in the other what they meant. */
function checkSameHead(path: string, was: Task, is: Task): void {
  const now = traitsOf(is, path);
  traitsOf(was, path).forEach(({ what, remedy }, i) => {
    if (what !== now[i].what) {
      throw refused(path, `was trained with ${what}, but this run has ${now[i].what}`, remedy);
    }
  });
}

/** What a head is made of, each with what must be given to have it so again. */
function traitsOf(
  { extractor, head, labels, federation: { rule } }: Task,
  path: string,
): { readonly what: string; readonly remedy: string }[] {
  const { hidden, outputLayer, weights = 'binary' } = head;
  const convolution = head.convolution?.layers.map(
    ({ filters, pool }) => `${filters}${pool ? 'p' : ''}`,
  );
  const given = (option: string) => ({ what: option, remedy: `give ${option}` });
  return [
    {
      what: `the extractor ${extractor.kind} ${extractor.sha256.slice(0, 12)}`,
      remedy: `give the extractor.fhx beside ${path} as --extractor`,
    },
    convolution === undefined
      ? { what: 'no --convolution', remedy: 'leave it out' }
      : given(`--convolution ${convolution}`),
    ...[given(`--hidden ${hidden}`), given(`--output-layer ${outputLayer}`)],
    given(`--weights ${weights}`),
    isBinary(rule)
      ? { what: 'a rule of binary heads', remedy: 'give one of these, such as --rule sign-vote' }
      : given(`--rule ${rule.kind}`),
    { what: `${labels.length} labels`, remedy: 'choose a data set with as many' },
  ];
}

/** In the fixed point of another rule. Latents keep their signs, and so the head its weights. */
function inFraction(model: GlobalModel, fraction: 15 | 24): GlobalModel {
  if (model.fraction === fraction) return model;
  const { latents, round } = model;
  const factor = 1 << (24 - 15);
  if (fraction === 24) {
    return { round, fraction, latents: Int32Array.from(latents, (latent) => latent * factor) };
  }
  const narrow = Int16Array.from(latents, (latent) => {
    const value = Math.max(-32_767, Math.min(32_767, Math.round(latent / factor)));
    return latent < 0 ? Math.min(-1, value) : value;
  });
  return { round, fraction, latents: narrow };
}

async function bytesOf(path: string): Promise<{ file: string; bytes: Uint8Array }> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, MODEL_FILE) : path;
    return { file, bytes: new Uint8Array(await readFile(file)) };
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `--init-from ${path}: cannot be read; name the ${MODEL_FILE} of a run that was played with --out`,
      { cause },
    );
  }
}

function decoded(path: string, bytes: Uint8Array): GlobalModel {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === HEAD_MAGIC) {
    throw new FederationError(
      'file-corrupt',
      `--init-from ${path}: an exported head has the signs of its weights only, and training goes on with latents; name the ${MODEL_FILE} beside it`,
    );
  }
  try {
    return decodeModel(bytes);
  } catch (cause) {
    const { message } = FederationError.from(cause);
    throw new FederationError(
      'file-corrupt',
      `--init-from ${path}: no model file (${message}); name the ${MODEL_FILE} of a run's folder, or a coordinator's snapshot`,
      { cause },
    );
  }
}

const runSchema = z.object({ task: z.unknown() });

/** Of the run that left the file, if it is still what lies beside. */
async function taskBeside(file: string, hash: string): Promise<Task | undefined> {
  try {
    const text = await readFile(join(dirname(file), 'run.json'), 'utf8');
    const task = parse(taskSchema, runSchema.parse(JSON.parse(text)).task, 'task');
    return taskHash(task) === hash ? task : undefined;
  } catch {
    return undefined;
  }
}

function refused(path: string, what: string, remedy: string): FederationError {
  return new FederationError('bad-request', `--init-from ${path}: ${what}; ${remedy}`);
}
