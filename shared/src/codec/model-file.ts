/**
 * A snapshot: a whole global model as a file. The SHA-256 of these bytes is the model's identity, so
 * the encoding is canonical: there is one file for a model.
 *
 * Frame of kind `model`: flags = fraction (15: int16 latents; 24: int32), round = rounds published,
 * payload = the latents, little-endian, in parameter order.
 */
import { FederationError } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import type { GlobalModel } from '../rules/rule.js';
import { decodeFrame, encodeFrame, ZERO_HASH } from './frame.js';

/** A model's file. The latents are trusted to be in range: they come from a rule. */
export function encodeModel(file: {
  readonly taskHash: string;
  readonly model: GlobalModel;
}): Uint8Array {
  const { round, fraction, latents } = file.model;
  const width = fraction === 15 ? 2 : 4;
  const payload = new Uint8Array(width * latents.length);
  const view = new DataView(payload.buffer);
  for (let i = 0; i < latents.length; i++) {
    if (width === 2) view.setInt16(2 * i, latents[i], true);
    else view.setInt32(4 * i, latents[i], true);
  }
  return encodeFrame({
    kind: 'model',
    rule: 0,
    flags: fraction,
    taskHash: file.taskHash,
    baseHash: ZERO_HASH,
    round,
    parameters: latents.length,
    payload,
  });
}

/**
 * @param expected what the file must say of itself, as far as the caller knows
 * @throws FederationError `file-corrupt` naming the field
 */
export function decodeModel(
  bytes: Uint8Array,
  expected: { readonly taskHash?: string; readonly parameters?: number } = {},
): GlobalModel {
  const frame = decodeFrame(bytes, 'model', LIMITS.file, 'file-corrupt');
  const refuse = (message: string): never => {
    throw new FederationError('file-corrupt', `model file: ${message}; fetch it again`);
  };
  const { flags: fraction, parameters, payload, round } = frame;
  if (frame.rule !== 0) refuse(`field "rule" is ${frame.rule}, not 0`);
  if (frame.baseHash !== ZERO_HASH) refuse('field "base" is not zero');
  if (fraction !== 15 && fraction !== 24) refuse(`field "fraction" is ${fraction}, not 15 or 24`);
  if (expected.taskHash !== undefined && frame.taskHash !== expected.taskHash) {
    refuse('field "task hash" names another task');
  }
  if (expected.parameters !== undefined && parameters !== expected.parameters) {
    refuse(`field "parameters" is ${parameters}, not ${expected.parameters}`);
  }
  const width = fraction === 15 ? 2 : 4;
  if (payload.length !== width * parameters) {
    refuse(`${parameters} latents take ${width * parameters} bytes, not ${payload.length}`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const latents = fraction === 15 ? new Int16Array(parameters) : new Int32Array(parameters);
  const limit = fraction === 15 ? 32_767 : 1 << fraction;
  for (let i = 0; i < parameters; i++) {
    const latent = width === 2 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true);
    if (latent < -limit || latent > limit) refuse(`latent ${i} is ${latent}, outside ±${limit}`);
    latents[i] = latent;
  }
  return { round, fraction, latents };
}
