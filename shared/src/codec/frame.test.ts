import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { crc32c } from './crc32c.js';
import {
  decodeFrame,
  encodeFrame,
  FRAME_KINDS,
  FRAME_OVERHEAD,
  type Frame,
  type FrameKind,
} from './frame.js';

type Written = Omit<Frame, 'payload'> & { name: string; payload: string; frame: string };
const vectors: {
  frames: Written[];
  broken: { name: string; frame: string; code: string }[];
} = JSON.parse(readFileSync(new URL('../../vectors/frame.json', import.meta.url), 'utf8'));

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const MAX = 1 << 20;

const kinds = fc.constantFrom(...(Object.keys(FRAME_KINDS) as FrameKind[]));
const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const u32 = fc.nat({ max: 2 ** 32 - 1 });
const u8 = fc.nat({ max: 255 });
const frames: fc.Arbitrary<Frame> = fc.record({
  kind: kinds,
  rule: u8,
  flags: u8,
  taskHash: hash,
  baseHash: hash,
  round: u32,
  parameters: u32,
  payload: fc.uint8Array({ maxLength: 200 }),
});

/** What decoding answers: the frame, or the code of its error. Any other error fails the test. */
function outcome(bytes: Uint8Array, kind: FrameKind, max = MAX): Frame | string {
  try {
    return decodeFrame(bytes, kind, max);
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    expect(error.message).toMatch(/^\S+ frame: [^\n]+$/);
    return error.code;
  }
}

describe('a frame', () => {
  it.each(vectors.frames)('is written and read as the vectors say: $name', (vector) => {
    const { name: _, frame, ...fields } = vector;
    const plain = { ...fields, payload: hex(fields.payload) };
    expect(Buffer.from(encodeFrame(plain)).toString('hex')).toBe(frame);
    expect(decodeFrame(hex(frame), fields.kind, MAX)).toEqual(plain);
  });

  it.each(vectors.broken)('is refused as the vectors say: $name', ({ frame, code }) => {
    expect(outcome(hex(frame), 'update')).toBe(code);
  });

  it('is refused with anything behind it, and says so', () => {
    const behind = Uint8Array.of(...encodeFrame(sample), 1, 2, 3);
    expect(() => decodeFrame(behind, 'update', MAX)).toThrow('3 bytes stand after the payload');
  });

  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encodeFrame(frame);
        expect(bytes.length).toBe(FRAME_OVERHEAD + frame.payload.length);
        expect(decodeFrame(bytes, frame.kind, bytes.length)).toEqual(frame);
      }),
    );
  });

  it('adds 88 bytes: a vote on 131,072 parameters stays below 1.02 bits each', () => {
    expect(FRAME_OVERHEAD).toBe(88);
    expect((8 * (FRAME_OVERHEAD + 131_072 / 8)) / 131_072).toBeLessThan(1.02);
  });

  it('is read in place, wherever it lies: the payload is a view', () => {
    const bytes = hex(vectors.frames[1].frame);
    const around = new Uint8Array(bytes.length + 20);
    around.set(bytes, 7);
    const { payload } = decodeFrame(around.subarray(7, 7 + bytes.length), 'step', MAX);
    expect(payload.buffer).toBe(around.buffer);
    expect([...payload]).toEqual([0xa5]);
  });

  it('is refused when anything is cut off, and when any bit is flipped', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (frame, at) => {
        const bytes = encodeFrame(frame);
        expect(outcome(bytes.subarray(0, at % bytes.length), frame.kind)).toBe('frame-truncated');
        const flipped = Uint8Array.from(bytes);
        const bit = at % (8 * bytes.length);
        flipped[bit >> 3] ^= 1 << (bit & 7);
        expect(outcome(flipped, frame.kind)).toBeTypeOf('string');
      }),
    );
  });

  it('answers any bytes by a frame or by one of its three errors', () => {
    const header = fc.constantFrom('46484e4201', '46484e420101', '');
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 300 }), kinds, (start, rest, kind) => {
        const bytes = Uint8Array.of(...hex(start), ...rest);
        expect(['frame-truncated', 'frame-oversized', 'frame-corrupt']).toContain(
          outcome(bytes, kind),
        );
      }),
    );
  });

  it('is refused for its size before anything in it is looked at', () => {
    const huge = new Uint8Array(1000);
    expect(outcome(huge, 'update', 999)).toBe('frame-oversized');
    expect(outcome(encodeFrame({ ...sample, payload: huge }), 'update', 1087)).toBe(
      'frame-oversized',
    );
    expect(outcome(encodeFrame({ ...sample, payload: huge }), 'update', 1088)).toBeTypeOf('object');
  });

  it('is refused by every reader of another kind', () => {
    fc.assert(
      fc.property(frames, kinds, (frame, kind) => {
        const answer = outcome(encodeFrame(frame), kind);
        if (kind === frame.kind) expect(answer).toEqual(frame);
        else expect(answer).toBe('frame-corrupt');
      }),
    );
  });

  it('has one code for every defect where it is a file', () => {
    for (const { frame } of vectors.broken) {
      expect(() => decodeFrame(hex(frame), 'update', MAX, 'file-corrupt')).toThrow(
        expect.objectContaining({ code: 'file-corrupt' }),
      );
    }
  });

  it('claims no more memory than it has: a huge length with a right checksum is refused', () => {
    const bytes = encodeFrame(sample);
    const view = new DataView(bytes.buffer);
    view.setUint32(80, 0xffffffff, true);
    view.setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
    expect(outcome(bytes, 'update')).toBe('frame-truncated');
  });
});

const sample: Frame = {
  kind: 'update',
  rule: 1,
  flags: 0,
  taskHash: 'ab'.repeat(32),
  baseHash: 'cd'.repeat(32),
  round: 3,
  parameters: 8,
  payload: Uint8Array.of(0x5a),
};
