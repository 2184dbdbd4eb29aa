/**
 * Every decoder under hostile bytes: whatever comes in, a value or a FederationError comes out. Bits
 * are also flipped below a checksum that fits again, so that the checks behind it are reached.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { type ErrorCode, FederationError } from '../protocol/errors.js';
import { ruleFor } from '../rules/registry.js';
import type { Rule } from '../rules/rule.js';
import { RULE_DEFAULTS } from '../task/rule-settings.js';
import { decodeBitsFile, encodeBitsFile } from './bits-file.js';
import { crc32c } from './crc32c.js';
import { decodeModel, encodeModel } from './model-file.js';
import { decodeStep, decodeUpdate, encodeStep, encodeUpdate } from './round-frame.js';

const taskHash = 'ab'.repeat(32);
const parameters = 13;
const binding = (rule: Rule) => ({
  rule,
  taskHash,
  baseHash: 'cd'.repeat(32),
  round: 5,
  parameters,
});
const payload = (rule: Rule) => new Uint8Array(rule.updateBytes(parameters));
const stepPayload = (rule: Rule) => new Uint8Array(rule.stepBytes(parameters));

interface Decoder {
  readonly name: string;
  readonly valid: Uint8Array;
  readonly codes: readonly ErrorCode[];
  decode(bytes: Uint8Array): unknown;
  /** The bytes that mean this value. */
  encode(value: unknown): Uint8Array;
}

const frameCodes: ErrorCode[] = [
  'frame-truncated',
  'frame-oversized',
  'frame-corrupt',
  'wrong-task',
  'wrong-base',
  'wrong-rule',
  'round-stale',
  'round-future',
];

const frames = Object.values(RULE_DEFAULTS)
  .map(ruleFor)
  .flatMap((rule): Decoder[] => {
    const bound = binding(rule);
    return [
      {
        name: `decodeUpdate of ${rule.kind}`,
        valid: encodeUpdate({ ...bound, payload: payload(rule) }),
        codes: frameCodes,
        decode: (bytes) => decodeUpdate(bytes, bound),
        encode: (value) => encodeUpdate({ ...bound, payload: value as Uint8Array }),
      },
      {
        name: `decodeStep of ${rule.kind}`,
        valid: encodeStep({ ...bound, payload: stepPayload(rule) }),
        codes: frameCodes,
        decode: (bytes) => decodeStep(bytes, bound),
        encode: (value) => encodeStep({ ...bound, payload: value as Uint8Array }),
      },
    ];
  });

const models = [
  { round: 3, fraction: 15, latents: Int16Array.of(0, 1, -1, 32_767, -32_767) },
  { round: 3, fraction: 24, latents: Int32Array.of(0, 1, -1, 2 ** 24, -(2 ** 24)) },
].map(
  (model): Decoder => ({
    name: `decodeModel of ${model.fraction} bits after the point`,
    valid: encodeModel({ taskHash, model }),
    codes: ['file-corrupt'],
    decode: (bytes) => decodeModel(bytes, { taskHash, parameters: 5 }),
    encode: (value) => encodeModel({ taskHash, model: value as ReturnType<typeof decodeModel> }),
  }),
);

const labeled = { bits: BitMatrix.create(3, 21), labels: Int32Array.of(0, 1, 2) };
const bits: Decoder = {
  name: 'decodeBitsFile',
  valid: encodeBitsFile(labeled, 300),
  codes: ['file-corrupt'],
  decode: decodeBitsFile,
  encode: (value) => {
    const data = value as ReturnType<typeof decodeBitsFile>;
    return encodeBitsFile(data, data.classes);
  },
};

/** The value, or the code of the refusal; any other error fails the test. */
function outcome(decoder: Decoder, bytes: Uint8Array): { value: unknown } | ErrorCode {
  try {
    return { value: decoder.decode(bytes) };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    expect(decoder.codes).toContain(error.code);
    expect(error.message).toMatch(/^[^\n]+; [^\n]+$/);
    return error.code;
  }
}

function sealed(body: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(body);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
  return bytes;
}

describe.each([...frames, ...models, bits])('$name', (decoder) => {
  const { valid } = decoder;
  const anywhere = fc.nat(valid.length - 1);

  it('reads what is valid', () => {
    expect(decoder.encode(decoder.decode(valid))).toEqual(valid);
  });

  it('refuses any bytes at random, also behind a good magic', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(8), (noise, start) => {
        const bytes = Uint8Array.of(...valid.subarray(0, start), ...noise);
        expect(outcome(decoder, bytes)).toBeTypeOf('string');
      }),
    );
  });

  it('refuses every truncation, and bytes behind the end', () => {
    for (let length = 0; length < valid.length; length++) {
      expect(outcome(decoder, valid.subarray(0, length))).toBeTypeOf('string');
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), (behind) => {
        expect(outcome(decoder, Uint8Array.of(...valid, ...behind))).toBeTypeOf('string');
      }),
      { numRuns: 30 },
    );
  });

  it('refuses every flipped bit', () => {
    for (let bit = 0; bit < 8 * valid.length; bit++) {
      const bytes = Uint8Array.from(valid);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      expect(outcome(decoder, bytes)).toBeTypeOf('string');
    }
  });

  it('reads nothing but canonical bytes where the checksum fits', () => {
    const edits = fc.array(fc.tuple(anywhere, fc.nat(255)), { minLength: 1, maxLength: 4 });
    const cut = fc.nat(3);
    fc.assert(
      fc.property(edits, cut, fc.uint8Array({ maxLength: 3 }), (changes, less, more) => {
        const body = Uint8Array.of(...valid.subarray(0, valid.length - less), ...more);
        for (const [at, value] of changes) body[at % body.length] = value;
        const bytes = sealed(body);
        const answer = outcome(decoder, bytes);
        if (typeof answer === 'object') {
          // An edit of a free field, such as the payload, is another value with bytes of its own.
          expect(decoder.encode(answer.value)).toEqual(bytes);
        }
      }),
      { numRuns: 300 },
    );
  });
});
