import { describe, expect, it } from 'vitest';
import { ATTACKS, chooseAttackers, parseAttack, shownAttack, strengthOf } from './attack.js';

describe('--attack', () => {
  it('is an attack, a share, and a strength where the attack has one', () => {
    expect(parseAttack('alie:0.2')).toEqual({ kind: 'alie', share: 0.2 });
    expect(parseAttack('boost:0.1:3')).toEqual({ kind: 'boost', share: 0.1, strength: 3 });
    for (const kind of ATTACKS) {
      expect(shownAttack(parseAttack(`${kind}:0.25`))).toBe(`${kind}:0.25`);
    }
    expect(shownAttack(parseAttack('ipm:0.2:10'))).toBe('ipm:0.2:10');
  });

  it('is refused where it is none', () => {
    for (const text of ['', 'alie', 'alie:0', 'alie:1', 'alie:x', 'alie:0.1:2:3', 'flood:0.1']) {
      expect(() => parseAttack(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
      expect(() => parseAttack(text)).toThrow(ATTACKS.join(', '));
    }
    for (const text of ['boost:0.1:0', 'boost:0.1:x', 'boost:0.1:1001']) {
      expect(() => parseAttack(text)).toThrow('above 0 and at most 1000, such as 10');
    }
    expect(() => parseAttack('sign-flip:0.1:2')).toThrow('sign-flip has no strength');
  });

  it('has the strength of its kind unless another is asked for', () => {
    expect(strengthOf({ kind: 'boost', share: 0.1 })).toBe(10);
    expect(strengthOf({ kind: 'boost', share: 0.1, strength: 2 })).toBe(2);
  });

  it('chooses as many attackers as it says, one at least, the same for a seed', () => {
    const spec = { kind: 'random', share: 0.25 } as const;
    const chosen = chooseAttackers(spec, 40, 1);
    expect(new Set(chosen).size).toBe(10);
    expect(chooseAttackers(spec, 40, 1)).toEqual(chosen);
    expect(chooseAttackers(spec, 40, 2)).not.toEqual(chosen);
    expect(chooseAttackers({ ...spec, share: 0.01 }, 5, 1)).toHaveLength(1);
  });
});
