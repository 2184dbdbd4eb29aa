/**
 * A coarse snapshot: a global model at 6 to 8 bits a latent, which a late joiner may choose to
 * download where the exact file is too large. It is no identity and cannot be replayed from; it
 * names the exact model that it stands for.
 *
 * Frame of kind `model`: flags = bits a latent, base = hash of the exact model, round = rounds
 * published, payload = u8 fraction, u32 R (above the largest |latent|), then a level a latent, least
 * significant bit first:
 *
 *   level = ⌊(latent + R) · 2^bits / 2R⌋,   latent' = ⌊(2 · level + 1) · R / 2^bits⌋ − R
 *
 * Levels are symmetric about 0 and none holds both signs: the binary weights are exact, only the
 * distance of latents from their next flip is rounded, by at most R / 2^bits.
 */
import { FederationError } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import type { GlobalModel } from '../rules/rule.js';
import { decodeFrame, encodeFrame } from './frame.js';

/** Bits a latent. */
export type CoarseBits = 6 | 7 | 8;

const HEADER = 5;

export interface CoarseModelFile {
  readonly taskHash: string;
  /** SHA-256 of the exact model's file. */
  readonly exactHash: string;
  readonly bits: CoarseBits;
  readonly model: GlobalModel;
}

/** A model's coarse file. The latents are trusted to be in range: they come from a rule. */
export function encodeCoarseModel({ taskHash, exactHash, bits, model }: CoarseModelFile) {
  const { latents, fraction, round } = model;
  let range = 1;
  for (const latent of latents) range = Math.max(range, Math.abs(latent) + 1);
  const payload = new Uint8Array(HEADER + Math.ceil((bits * latents.length) / 8));
  payload[0] = fraction;
  new DataView(payload.buffer).setUint32(1, range, true);
  const levels = 1 << bits;
  latents.forEach((latent, i) => {
    const level = Math.floor(((latent + range) * levels) / (2 * range));
    const at = 8 * HEADER + i * bits;
    // A level lies in two bytes at most.
    payload[at >> 3] |= level << (at & 7);
    if ((at & 7) + bits > 8) payload[(at >> 3) + 1] |= level >> (8 - (at & 7));
  });
  return encodeFrame({
    kind: 'model',
    rule: 0,
    flags: bits,
    taskHash,
    baseHash: exactHash,
    round,
    parameters: latents.length,
    payload,
  });
}

/**
 * @param expected what the file must say of itself
 * @throws FederationError `file-corrupt` naming the field
 */
export function decodeCoarseModel(
  bytes: Uint8Array,
  expected: Pick<CoarseModelFile, 'taskHash' | 'exactHash'> & { readonly parameters: number },
): CoarseModelFile {
  const frame = decodeFrame(bytes, 'model', LIMITS.file, 'file-corrupt');
  const { flags: bits, parameters, payload, round } = frame;
  const refuse = (message: string): never => {
    throw new FederationError('file-corrupt', `coarse model file: ${message}; fetch it again`);
  };
  if (frame.rule !== 0) refuse(`field "rule" is ${frame.rule}, not 0`);
  if (bits !== 6 && bits !== 7 && bits !== 8) return refuse(`field "bits" is ${bits}, not 6 to 8`);
  if (frame.taskHash !== expected.taskHash) refuse('field "task hash" names another task');
  if (frame.baseHash !== expected.exactHash) refuse('field "base" names another model');
  if (parameters !== expected.parameters) {
    refuse(`field "parameters" is ${parameters}, not ${expected.parameters}`);
  }
  if (payload.length !== HEADER + Math.ceil((bits * parameters) / 8)) {
    refuse(`${parameters} latents of ${bits} bits do not take ${payload.length} bytes`);
  }
  const fraction = payload[0];
  if (fraction !== 15 && fraction !== 24) {
    return refuse(`field "fraction" is ${fraction}, not 15 or 24`);
  }
  const range = new DataView(payload.buffer, payload.byteOffset).getUint32(1, true);
  const most = fraction === 15 ? 32_768 : (1 << fraction) + 1;
  if (range < 1 || range > most) refuse(`field "R" is ${range}, outside 1…${most}`);
  const unused = (8 - ((bits * parameters) & 7)) & 7;
  if (unused > 0 && payload[payload.length - 1] >> (8 - unused) !== 0) {
    refuse('bits after the last latent are set');
  }
  const latents = fraction === 15 ? new Int16Array(parameters) : new Int32Array(parameters);
  const levels = 1 << bits;
  for (let i = 0; i < parameters; i++) {
    const at = 8 * HEADER + i * bits;
    const pair = payload[at >> 3] | ((payload[(at >> 3) + 1] ?? 0) << 8);
    const level = (pair >> (at & 7)) & (levels - 1);
    latents[i] = Math.floor(((2 * level + 1) * range) / levels) - range;
  }
  const { taskHash, exactHash } = expected;
  return { taskHash, exactHash, bits, model: { round, fraction, latents } };
}
