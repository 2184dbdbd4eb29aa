import { describe, expect, it } from 'vitest';
import { mnistTask } from '../task/built-in.js';
import { roundContext } from './context.js';
import { ruleFor, ruleName } from './registry.js';
import { clientSeed, roundSeed } from './seeds.js';

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 784 },
  federation: { rounds: 50, goal: 10, seed: 1 },
});

describe('the facts of a round', () => {
  it('come from the task alone', () => {
    expect(roundContext(task, 3, 1000)).toEqual({
      round: 3,
      rounds: 50,
      parameters: 1000,
      seed: roundSeed(task, 3),
      federationSeed: 1,
    });
  });

  it('have seeds as published: SHA-256 of the JSON path', () => {
    // printf '[1,"round",2]' | sha256sum; printf '["edd3…","client","a"]' | sha256sum
    expect(roundSeed(task, 2)).toBe('edd30d9da62ba96083f9282fc7d82d4a');
    expect(clientSeed('edd30d9da62ba96083f9282fc7d82d4a', 'a')).toBe(
      '85852f4fcfe051d0149f485a91a76ed9',
    );
  });
});

describe('the registry of rules', () => {
  it("names a rule by a task's settings and by its number", () => {
    for (const [settings, id] of [
      [{ kind: 'sign-vote', serverStep: 0.01 }, 1],
      [{ kind: 'fedavg' }, 2],
      [{ kind: 'block-vote', share: 0.1, serverStep: 0.06 }, 3],
    ] as const) {
      expect(ruleFor(settings)).toMatchObject({ kind: settings.kind, id });
      expect(ruleName(id)).toBe(settings.kind);
    }
    expect(ruleName(0)).toBeUndefined();
  });
});
