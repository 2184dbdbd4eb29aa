import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { fedavg } from '../rules/fedavg.js';
import { signVote as signVoteWith } from '../rules/sign-vote.js';
import { encodeFrame } from './frame.js';
import {
  decodeStep,
  decodeUpdate,
  encodeStep,
  encodeUpdate,
  type RoundBinding,
  updateFrameBytes,
} from './round-frame.js';
import { sha256Hex } from './sha256.js';

interface Written extends Omit<RoundBinding, 'rule'> {
  name: string;
  rule: 'sign-vote' | 'fedavg';
  payload: string;
  frame: string;
  sha256: string;
}
const signVote = signVoteWith({ kind: 'sign-vote', serverStep: 0.01 });
const rules = { 'sign-vote': signVote, fedavg };
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

const written = (name: string): { cases: Written[] } =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));

const binding: RoundBinding = {
  rule: signVote,
  taskHash: '11'.repeat(32),
  baseHash: '22'.repeat(32),
  round: 5,
  parameters: 20,
};
const payload = Uint8Array.of(1, 2, 3);

function refusal(act: () => unknown): FederationError {
  try {
    act();
  } catch (error) {
    if (error instanceof FederationError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const faces = [
  { kind: 'update', encode: encodeUpdate, decode: decodeUpdate, other: encodeStep },
  { kind: 'step', encode: encodeStep, decode: decodeStep, other: encodeUpdate },
] as const;

describe.each(faces)('the $kind frame', ({ kind, encode, decode, other }) => {
  it.each(written(kind).cases)('has the bytes of the vectors: $name', (vector) => {
    const { rule, taskHash, baseHash, round, parameters } = vector;
    const bound = { rule: rules[rule], taskHash, baseHash, round, parameters };
    const bytes = encode({ ...bound, payload: hex(vector.payload) });
    expect(Buffer.from(bytes).toString('hex')).toBe(vector.frame);
    expect(sha256Hex(bytes)).toBe(vector.sha256);
    expect(decode(hex(vector.frame), bound)).toEqual(hex(vector.payload));
  });

  it.each<[string, Partial<RoundBinding>, string]>([
    ['another task', { taskHash: '33'.repeat(32) }, 'wrong-task'],
    ['another base model', { baseHash: '33'.repeat(32) }, 'wrong-base'],
    ['another rule, even of a larger payload', { rule: fedavg }, 'wrong-rule'],
    ['an earlier round', { round: 4 }, 'round-stale'],
    ['a later round', { round: 6 }, 'round-future'],
    ['another head', { parameters: 19 }, 'frame-corrupt'],
  ])('is refused from %s', (_name, change, code) => {
    const from = { ...binding, ...change };
    const bytes = encode({
      ...from,
      payload: new Uint8Array(from.rule.updateBytes(from.parameters)),
    });
    const error = refusal(() => decode(bytes, binding));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(new RegExp(`^${kind} frame: .*; `));
  });

  it('names both rules where the rule is wrong', () => {
    const bytes = encode({ ...binding, rule: fedavg, payload: new Uint8Array(80) });
    expect(refusal(() => decode(bytes, binding)).message).toContain('2 (fedavg)');
    const unknown = encodeFrame({ kind, ...binding, rule: 77, flags: 0, payload });
    expect(refusal(() => decode(unknown, binding)).message).toContain('77 (unknown)');
  });

  it("is refused with a payload of any length but the rule's", () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), (length) => {
        // A step of no bytes changes nothing, and fits every rule.
        fc.pre(length !== 3 && !(kind === 'step' && length === 0));
        const bytes = encode({ ...binding, payload: new Uint8Array(length) });
        expect(refusal(() => decode(bytes, binding)).code).toBe(
          length < 3 ? 'frame-truncated' : 'frame-oversized',
        );
      }),
    );
  });

  it('is refused where flags are set, or where it is the other frame of the round', () => {
    const flagged = encodeFrame({ kind, ...binding, rule: 1, flags: 1, payload });
    expect(refusal(() => decode(flagged, binding)).code).toBe('frame-corrupt');
    expect(refusal(() => decode(other({ ...binding, payload }), binding)).code).toBe(
      'frame-corrupt',
    );
  });
});

describe('updateFrameBytes', () => {
  it('is the length of an update frame', () => {
    expect(updateFrameBytes(signVote, 20)).toBe(encodeUpdate({ ...binding, payload }).length);
    expect(updateFrameBytes(fedavg, 133_632)).toBe(88 + 4 * 133_632);
  });
});
