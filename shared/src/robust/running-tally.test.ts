import { describe, expect, it } from 'vitest';
import { ruleFor } from '../rules/registry.js';
import { RunningTally } from './running-tally.js';

const rule = ruleFor({ kind: 'sign-vote', serverStep: 0.015 });
const context = {
  parameters: 16,
  round: 1,
  rounds: 3,
  ...{ seed: '0'.repeat(32), federationSeed: 1 },
};
const votes = [
  [0xff, 0x00],
  [0x0f, 0x00],
  [0x01, 0x80],
].map((bytes) => Uint8Array.from(bytes));

describe('RunningTally', () => {
  it('comes to the same in one part, in parts, and with empty ones between', () => {
    for (const parts of [[votes], [votes.slice(0, 1), votes.slice(1)], [[], votes, []]]) {
      const running = new RunningTally(rule, context);
      for (const part of parts) running.add(part);
      expect(running.tally.count).toBe(3);
      expect([...running.tally.sums]).toEqual([
        ...[3, 1, 1, 1, -1, -1, -1, -1],
        ...[-3, -3, -3, -3, -3, -3, -3, -1],
      ]);
    }
  });

  it('is a tally of nobody before anything came', () => {
    expect(new RunningTally(rule, context).tally).toEqual({
      count: 0,
      sums: new Int32Array(16),
    });
  });
});
