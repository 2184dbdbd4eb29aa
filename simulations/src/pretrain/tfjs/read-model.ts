/** Reads a TensorFlow.js model, `model.json` and the weights that it names, from a folder or the web. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { FederationError, parseJson } from '@fedhybnn/shared';
import * as z from 'zod';

const modelSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  signature: z.record(z.string(), z.unknown()).optional(),
  userDefinedMetadata: z
    .object({ signature: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string().min(1)),
      weights: z.array(z.looseObject({ name: z.string() })),
    }),
  ),
});

export interface ModelSource {
  readonly format: 'layers' | 'graph';
  /** JSON that `openTfjsModel` takes. */
  readonly topology: Uint8Array;
  readonly weights: Uint8Array;
}

/**
 * @param place a folder with a `model.json`, the path of such a file, or its http(s) address
 * @throws FederationError `bad-request` naming what cannot be read, and why
 */
export async function readModel(place: string): Promise<ModelSource> {
  const read = /^https?:\/\//.test(place) ? fromWeb(place) : await fromFolder(place);
  const what = `--model ${place}`;
  const model = parseJson(modelSchema, new TextDecoder().decode(await read()), what);
  const parts: Uint8Array[] = [];
  for (const path of model.weightsManifest.flatMap(({ paths }) => paths))
    parts.push(await read(path));
  const weights = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    weights.set(part, at);
    return at + part.length;
  }, 0);
  const signature = model.signature ?? model.userDefinedMetadata?.signature;
  const topology = JSON.stringify({
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    ...(signature && { signature }),
  });
  const isGraph = model.format === 'graph-model' || 'node' in model.modelTopology;
  return {
    format: isGraph ? 'graph' : 'layers',
    topology: new TextEncoder().encode(topology),
    weights,
  };
}

/** Reads `model.json`, or a file beside it. */
type Reader = (path?: string) => Promise<Uint8Array>;

async function fromFolder(place: string): Promise<Reader> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = isFolder ? join(place, 'model.json') : place;
  const folder = resolve(dirname(file));
  return async (path) => {
    const name = path === undefined ? file : resolve(folder, path);
    // A model from elsewhere must not pull other files of this machine into an extractor.
    if (path !== undefined && !name.startsWith(folder + sep)) throw outside(place, path);
    try {
      return new Uint8Array(await readFile(name));
    } catch (cause) {
      throw new FederationError(
        'bad-request',
        `--model ${place}: ${name} cannot be read; name a folder with model.json and its weights`,
        { cause },
      );
    }
  };
}

function fromWeb(place: string): Reader {
  return async (path) => {
    const url = path === undefined ? new URL(place) : new URL(path, place);
    if (url.origin !== new URL(place).origin) throw outside(place, String(path));
    const refuse = (reason: string, cause?: unknown) =>
      new FederationError(
        'bad-request',
        `--model ${place}: ${url} cannot be fetched (${reason}); check the address`,
        { cause },
      );
    let reply: Response;
    try {
      reply = await fetch(url);
    } catch (cause) {
      throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
    }
    if (!reply.ok) throw refuse(`status ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  };
}

function outside(place: string, path: string): FederationError {
  return new FederationError(
    'bad-request',
    `--model ${place}: field "weightsManifest" names ${path}, which is not beside model.json; put the weights there`,
  );
}
