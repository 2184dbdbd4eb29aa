/**
 * A training's state on disk: a line of JSON, then f32 values, their running means and their running
 * squares, parameter after parameter, little-endian.
 */
import { crc32c, FederationError, parseJson } from '@fedhybnn/shared';
import * as z from 'zod/mini';
import { type AutoencoderShape, PARAMETER_NAMES, type PerParameter } from './autoencoder.js';
import { startTraining, type VaeSettings, type VaeState } from './train-vae.js';

const headerSchema = z.strictObject({
  checkpoint: z.literal('fedhybnn-vae-1'),
  /** What the training depends on besides its state; compared as text. */
  settings: z.string(),
  epoch: z.int().check(z.minimum(1)),
  power1: z.number(),
  power2: z.number(),
  /** CRC-32C of the numbers. */
  checksum: z.int(),
});

const LINE_END = 10;

/** What a checkpoint must agree with: the settings, and the images by their hash. */
export function settingsText(settings: VaeSettings, imagesHash: string): string {
  const entries = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ ...Object.fromEntries(entries), images: imagesHash });
}

export function encodeCheckpoint(state: VaeState, settings: string): Uint8Array {
  const { epoch, adam } = state;
  const arrays = arraysOf(state);
  const numbers = new Uint8Array(4 * arrays.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(numbers.buffer);
  let at = 0;
  for (const array of arrays) {
    for (const value of array) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  const header = JSON.stringify({
    ...{ checkpoint: 'fedhybnn-vae-1', settings, epoch },
    ...{ power1: adam.power1, power2: adam.power2, checksum: crc32c(numbers) },
  });
  const line = new TextEncoder().encode(`${header}\n`);
  const bytes = new Uint8Array(line.length + numbers.length);
  bytes.set(line);
  bytes.set(numbers, line.length);
  return bytes;
}

/**
 * @param settings of the training that shall go on
 * @param path for errors
 * @throws FederationError `file-corrupt` for a damaged file, `bad-request` for one of other settings
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  shape: AutoencoderShape,
  seed: number,
  settings: string,
  path: string,
): VaeState {
  const end = bytes.indexOf(LINE_END);
  const text = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  const header = parseJson(headerSchema, text, `checkpoint ${path}`, 'file-corrupt');
  if (header.settings !== settings) {
    throw new FederationError(
      'bad-request',
      `checkpoint ${path} is of another training (${header.settings}, not ${settings}); give the same options and data, or delete it`,
    );
  }
  const numbers = bytes.subarray(end + 1);
  const state = startTraining(shape, seed);
  const arrays = arraysOf(state);
  const expected = 4 * arrays.reduce((sum, { length }) => sum + length, 0);
  if (numbers.length !== expected || crc32c(numbers) !== header.checksum) {
    throw new FederationError(
      'file-corrupt',
      `checkpoint ${path}: field "checksum" does not match; delete it and train again`,
    );
  }
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let at = 0;
  for (const array of arrays) {
    for (let i = 0; i < array.length; i++, at += 4) array[i] = view.getFloat32(at, true);
  }
  const { epoch, power1, power2 } = header;
  return { ...state, epoch, adam: { ...state.adam, power1, power2 } };
}

function arraysOf({ parameters, adam }: VaeState): Float32Array[] {
  const inOrder = (all: PerParameter) => PARAMETER_NAMES.map((name) => all[name]);
  return [...inOrder(parameters), ...inOrder(adam.mean), ...inOrder(adam.square)];
}
