import {
  BitMatrix,
  initialModel,
  mnistTask,
  parameterCount,
  roundContext,
  ruleFor,
} from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DealtPartition } from '../partitions/index.js';
import { ATTACKS, chooseAttackers, createAttack, flipLabels, parseAttack } from './index.js';
import { against, coins, littleIsEnough, opposite } from './votes.js';

const extractor = { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 } as const;
const federation = { rounds: 3, goal: 4 };
const task = mnistTask({ extractor, hidden: [16], rule: 'sign-vote', federation });
const parameters = parameterCount(task);
const rule = ruleFor(task.federation.rule);
const context = roundContext(task, 1, parameters);
const global = initialModel(task);
const bit = (bytes: Uint8Array, i: number) => (bytes[i >> 3] >> (i & 7)) & 1;

describe('--attack', () => {
  it('is an attack and a share', () => {
    expect(parseAttack('alie:0.2')).toEqual({ kind: 'alie', share: 0.2 });
    for (const text of ['', 'alie', 'alie:0', 'alie:1', 'alie:x', 'alie:0.1:2', 'flood:0.1']) {
      expect(() => parseAttack(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
      expect(() => parseAttack(text)).toThrow(ATTACKS.join(', '));
    }
  });

  it('chooses as many attackers as it says, the same for a seed', () => {
    const spec = { kind: 'random', share: 0.25 } as const;
    const chosen = chooseAttackers(spec, 40, 1);
    expect(new Set(chosen).size).toBe(10);
    expect(chooseAttackers(spec, 40, 1)).toEqual(chosen);
    expect(chooseAttackers(spec, 40, 2)).not.toEqual(chosen);
  });

  it('on votes is refused for rules that have none', () => {
    const fedavg = ruleFor({ kind: 'fedavg' });
    for (const kind of ATTACKS) {
      const create = () => createAttack({ kind, share: 0.5 }, 4, 1, fedavg);
      if (kind === 'free-rider' || kind === 'label-flip') expect(create).not.toThrow();
      else expect(create).toThrow(expect.objectContaining({ code: 'bad-request' }));
    }
  });
});

describe('forged votes', () => {
  const sums = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 });

  it('are the opposite of a vote, and twice the opposite the vote itself', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 5, maxLength: 5 }),
        fc.integer({ min: 33, max: 40 }),
        (votes, n) => {
          const flipped = opposite(votes, n);
          for (let i = 0; i < n; i++) expect(bit(flipped, i)).toBe(1 - bit(votes, i));
          for (let i = n; i < 40; i++) expect(bit(flipped, i)).toBe(0);
        },
      ),
    );
  });

  it('against the majority are so wherever there is one', () => {
    fc.assert(
      fc.property(sums, (all) => {
        const votes = against(all, 5);
        for (const [i, sum] of all.entries())
          if (sum !== 0) expect(bit(votes, i)).toBe(sum < 0 ? 1 : 0);
      }),
    );
  });

  it('of ALIE stay within a standard deviation of the honest mean', () => {
    fc.assert(
      fc.property(sums, (all) => {
        const honest = 9;
        const votes = littleIsEnough(all, honest, 5);
        for (const [i, sum] of all.entries()) {
          const mean = sum / honest;
          const vote = 2 * bit(votes, i) - 1;
          // Against the majority only where a vote of its own deviates no more than that.
          if (sum !== 0 && vote === -Math.sign(sum))
            expect(mean * mean).toBeLessThan(1 - mean * mean);
        }
      }),
    );
    expect([...Array(4).keys()].map((i) => bit(littleIsEnough([9, -9, 3, -3], 9, 1), i))).toEqual([
      ...[1, 0, 0, 1],
    ]);
  });

  it('by coins are even, and another for each seed', () => {
    const votes = coins(8000, 1000, '1'.repeat(32));
    const ups = votes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(Math.abs(ups - 4000)).toBeLessThan(250);
    expect(coins(8000, 1000, '2'.repeat(32))).not.toEqual(votes);
  });
});

describe('an attack on a round', () => {
  const clients = 8;
  const honest = Array.from({ length: clients }, (_, index) => ({
    index,
    payload: coins(parameters, rule.updateBytes(parameters), String(index).padStart(32, '0')),
  }));

  it.each(ATTACKS)('%s changes what attackers send, and nothing of the others', (kind) => {
    const spec = { kind, share: 0.25 };
    const attackers = chooseAttackers(spec, clients, 1);
    const attack = createAttack(spec, clients, 1, rule);
    const sent = attack(honest, global, rule, context);
    for (const { index, payload } of honest) {
      const changed = attackers.includes(index) && kind !== 'label-flip';
      if (changed) expect(sent[index]).not.toEqual(payload);
      else expect(sent[index]).toBe(payload);
      rule.check(sent[index], context);
      expect(sent[index]).toHaveLength(rule.updateBytes(parameters));
    }
    expect(attack(honest, global, rule, context)).toEqual(sent);
    const together = kind === 'collusion' || kind === 'alie';
    if (together) expect(sent[attackers[0]]).toEqual(sent[attackers[1]]);
  });

  it('without anybody honest in it still gives valid votes', () => {
    const attack = createAttack({ kind: 'alie', share: 0.99 }, clients, 1, rule);
    for (const payload of attack(honest, global, rule, context)) rule.check(payload, context);
  });
});

describe('label flipping', () => {
  const bits = BitMatrix.create(6, 8);
  const labels = Int32Array.from([0, 1, 2, 0, 1, 2]);

  it('turns the labels of attackers around, in a copy', () => {
    const flipped = flipLabels(
      { bits, labels },
      DealtPartition.ofHands([
        [0, 1, 2],
        [3, 4, 5],
      ]),
      [1],
      3,
    );
    expect(flipped).toEqual({ bits, labels: Int32Array.from([0, 1, 2, 2, 1, 0]) });
    expect([...labels]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('needs one label a sample', () => {
    const hands = DealtPartition.ofHands([[0]]);
    expect(() => flipLabels({ bits, targets: bits }, hands, [0], 8)).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });
});
