import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATOR_DEFAULTS,
  advanceModel,
  checkRobust,
  dissent,
  type Experience,
  learnFrom,
  majority,
  NO_EXPERIENCE,
  nextScores,
  outliers,
  ROBUST_DEFAULTS,
  type RobustSettings,
  screenedCount,
  settleRound,
} from '../index.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { roundContext } from '../rules/context.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import { mnistTask } from '../task/built-in.js';

const extractor = { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 } as const;
const task = mnistTask({
  ...{ extractor, hidden: [64], rule: 'sign-vote' },
  federation: { rounds: 10, goal: 10 },
});
const parameters = 64 * 64;
const rule = ruleFor(task.federation.rule);
const context = roundContext(task, 1, parameters);
const global: GlobalModel = { round: 0, fraction: 15, latents: new Int16Array(parameters) };

/** What is right on each coordinate, and votes that are right with a chance of p. */
const truth = Uint8Array.from({ length: parameters / 8 }, () => 0b10110010);
function votes(p: number, seed: string): Uint8Array {
  const random = new Random(deriveSeed(7, seed));
  const bytes = Uint8Array.from(truth);
  for (let i = 0; i < parameters; i++) if (random.unit() >= p) bytes[i >> 3] ^= 1 << (i & 7);
  return bytes;
}
const opposite = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 255);
const honest = (count: number, p = 0.7) =>
  Array.from({ length: count }, (_, i) => ({ client: `h${i}`, payload: votes(p, `h${i}`) }));
const update = (client: string, payload: Uint8Array) => ({ client, payload });

/** Share of the coordinates on which a step is right. */
function right(step: Uint8Array): number {
  const { up, decided, count } = majority(
    Array.from({ length: parameters }, (_, i) => ((truth[i >> 3] >> (i & 7)) & 1 ? 1 : -1)),
  );
  return 1 - dissent(step, { up, decided, count }) / parameters;
}
const settle = (
  updates: readonly { client: string; payload: Uint8Array }[],
  robust: RobustSettings | undefined,
  experience: Experience = NO_EXPERIENCE,
  evaluate: (model: GlobalModel) => number | null = () => null,
) => settleRound(global, updates, { rule, context, robust }, experience, evaluate);

describe('the outlier screen', () => {
  const screen = { outliers: ROBUST_DEFAULTS.outliers };

  it('saves a round that colluding sign-flippers would win', () => {
    // 7 honest clients that are right on 60 % of the coordinates, 3 that agree on the opposite.
    const liars = ['x', 'y', 'z'].map((client) => update(client, opposite(truth)));
    const all = [...honest(7, 0.6), ...liars];
    expect(right(settle(all, undefined).step)).toBeLessThan(0.5);
    const { step, verdicts } = settle(all, screen);
    expect(right(step)).toBeGreaterThan(0.65);
    expect(Object.entries(verdicts ?? {}).filter(([, v]) => v === 'outlier')).toEqual([
      ...[
        ['x', 'outlier'],
        ['y', 'outlier'],
        ['z', 'outlier'],
      ],
    ]);
  });

  it('leaves out colluders with one identical vote, who are nearer to the majority than others', () => {
    // Against the truth on a quarter of the coordinates, with it elsewhere: what they agree on wins.
    const colluded = truth.map((byte, i) => (i % 4 === 0 ? byte ^ 255 : byte));
    const colluders = ['x', 'y', 'z'].map((client) => update(client, colluded));
    const { verdicts } = settle([...honest(9, 0.65), ...colluders], screen);
    for (const client of ['x', 'y', 'z']) expect(verdicts?.[client]).toBe('outlier');
  });

  it('leaves honest clients in, whose votes are as right as each other', () => {
    for (const p of [0.55, 0.7, 0.9, 1]) {
      const { verdicts } = settle(honest(10, p), screen);
      expect(screenedCount(verdicts)).toBe(0);
    }
  });

  it('never leaves out more than its share, nor anybody of a few, whatever they vote', () => {
    const ballot = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const rounds = fc.record({
      ballots: fc.array(ballot, { minLength: 1, maxLength: 20 }),
      share: fc.double({ min: 0.01, max: 0.49, noNaN: true }),
    });
    fc.assert(
      fc.property(rounds, ({ ballots, share }) => {
        const named = ballots.map((bytes, i) => ({ client: `c${i}`, votes: bytes }));
        const out = outliers(named, sumsOf(ballots), share);
        expect(out.size).toBeLessThanOrEqual(share * ballots.length);
        if (ballots.length < 5) expect(out.size).toBe(0);
      }),
    );
  });

  it('says the same whatever the order of the updates', () => {
    const all = [...honest(8), update('x', opposite(truth)), update('y', votes(0.1, 'y'))];
    const shuffles = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    const { step, verdicts } = settle(all, screen);
    fc.assert(
      fc.property(shuffles, (shuffled) => {
        const again = settle(shuffled, screen);
        expect(again.step).toEqual(step);
        expect(again.verdicts).toEqual(verdicts);
      }),
      { numRuns: 20 },
    );
  });
});

function sumsOf(ballots: readonly Uint8Array[]): number[] {
  const length = 8 * ballots[0].length;
  return Array.from({ length }, (_, i) =>
    ballots.reduce((sum, bytes) => sum + (((bytes[i >> 3] >> (i & 7)) & 1) === 1 ? 1 : -1), 0),
  );
}

describe('the distance to the majority', () => {
  it('counts coordinates on the other side, ties aside, as a plain count does', () => {
    const ballot = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(ballot, { minLength: 1, maxLength: 6 }), (ballots) => {
        const sums = sumsOf(ballots);
        const sides = majority(sums);
        expect(sides.count).toBe(sums.filter((sum) => sum !== 0).length);
        for (const bytes of ballots) {
          const plain = sums.filter(
            (sum, i) => sum !== 0 && sum > 0 !== (((bytes[i >> 3] >> (i & 7)) & 1) === 1),
          );
          expect(dissent(bytes, sides)).toBe(plain.length);
        }
      }),
    );
  });
});

describe('reputation', () => {
  const robust = { reputation: { lowest: -6 } };

  it('stops counting who votes against the others again and again, and saves the round then', () => {
    const liars = ['x', 'y', 'z', 'w'].map((client) =>
      update(client, opposite(votes(0.7, client))),
    );
    const all = [...honest(8), ...liars];
    let experience = NO_EXPERIENCE;
    const counted: number[] = [];
    for (let round = 1; round <= 5; round++) {
      const settled = settle(all, robust, experience);
      counted.push(all.length - screenedCount(settled.verdicts));
      experience = learnFrom(experience, settled);
    }
    // −2 a round: after three rounds nobody believes them.
    expect(counted).toEqual([12, 12, 12, 8, 8]);
    expect(right(settle(all, robust, experience).step)).toBeGreaterThan(
      right(settle(all, undefined).step),
    );
  });

  it('takes a client back that begins to agree, and counts no more of it than of others', () => {
    let experience: Experience = { scores: new Map([['x', -7]]), accuracies: [] };
    const all = [...honest(8), update('x', votes(0.7, 'x'))];
    const verdicts: (string | undefined)[] = [];
    for (let round = 1; round <= 3; round++) {
      const settled = settle(all, robust, experience);
      verdicts.push(settled.verdicts?.x);
      experience = learnFrom(experience, settled);
    }
    expect(verdicts).toEqual(['distrusted', 'distrusted', 'counted']);
    for (let round = 0; round < 20; round++) {
      experience = learnFrom(experience, settle(all, robust, experience));
    }
    expect([...experience.scores.values()]).toEqual(Array(9).fill(4));
  });

  it('is the same however the journal is cut, since it is only added up', () => {
    const verdict = fc.constantFrom('counted', 'dissent', 'outlier', 'distrusted') as fc.Arbitrary<
      'counted' | 'dissent' | 'outlier' | 'distrusted'
    >;
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 30 }), (all) => {
        let score = 0;
        let scores: ReadonlyMap<string, number> = new Map();
        for (const each of all) {
          scores = nextScores(scores, { a: each });
          const change = each === 'counted' || each === 'distrusted' ? 1 : -2;
          score = Math.min(4, score + change);
        }
        expect(scores.get('a') ?? 0).toBe(score);
      }),
    );
  });

  it('where nobody is trusted, changes nothing rather than step by coins', () => {
    const all = honest(3);
    const scores = new Map(all.map(({ client }) => [client, -6]));
    const settled = settle(all, robust, { scores, accuracies: [] });
    expect(settled.step).toHaveLength(0);
    expect(settled.model).toEqual({ ...global, round: 1 });
    expect(settled.rolledBack).toBe(false);
  });
});

describe('the root set', () => {
  const robust = { rootSet: { maxDrop: 0.05, window: 2 } };
  /** Says how many latents moved the right way. */
  const evaluate = ({ latents }: GlobalModel) => {
    let good = 0;
    for (let i = 0; i < parameters; i++) {
      const up = ((truth[i >> 3] >> (i & 7)) & 1) === 1;
      if (latents[i] > 0 === up) good++;
    }
    return good / parameters;
  };
  const liars = ['x', 'y', 'z'].map((client) => update(client, opposite(truth)));
  const seen = (...accuracies: number[]): Experience => ({ scores: new Map(), accuracies });

  it('takes a round back that does harm, and every client follows', () => {
    const settled = settle(liars, robust, seen(0.4, 0.5), evaluate);
    expect(settled.rolledBack).toBe(true);
    expect(settled.model).toEqual({ ...global, round: 1 });
    expect(advanceModel(rule, global, settled.step, context)).toEqual(settled.model);
    expect(settled.accuracy).toBe(evaluate(global));
  });

  it('lets rounds stand that lose little, or less than those looked back on', () => {
    const good = settle(honest(5), robust, seen(0.4, 0.5), evaluate);
    expect(good.rolledBack).toBe(false);
    expect(good.model.latents).not.toEqual(global.latents);
    // The best of long ago is forgotten.
    expect(settle(liars, robust, seen(0.9, 0.03, 0.03), evaluate).rolledBack).toBe(false);
    expect(settle(liars, robust, seen(), evaluate).rolledBack).toBe(false);
    expect(settle(liars, robust, seen(0.9), () => null).rolledBack).toBe(false);
  });
});

describe('abstention', () => {
  it('saves the latents on which honest votes are split and attackers decide', () => {
    const split = [...honest(9, 0.5), update('x', opposite(truth))];
    const withQuorum = ruleFor({ kind: 'sign-vote', serverStep: 0.015, quorum: 0.5 });
    const moved = (by: typeof rule) => {
      const { model } = settleRound(
        global,
        split,
        { rule: by, context },
        NO_EXPERIENCE,
        () => null,
      );
      return model.latents.filter((h) => h !== 0).length;
    };
    expect(moved(rule)).toBe(parameters);
    expect(moved(withQuorum)).toBeLessThan(0.3 * parameters);
  });
});

describe('a task with defenses', () => {
  const withRobust = (robust: RobustSettings, kind: 'sign-vote' | 'block-vote' | 'fedavg') =>
    mnistTask({ extractor, rule: kind, federation: { rounds: 1, goal: 1, robust } });

  it('must have votes to compare', () => {
    for (const kind of ['sign-vote', 'block-vote'] as const) {
      const { outliers: screen, reputation, rootSet } = ROBUST_DEFAULTS;
      checkRobust(withRobust({ outliers: screen, reputation, rootSet }, kind));
      const averaging = () => checkRobust(withRobust({ aggregator: { kind: 'median' } }, kind));
      expect(averaging).toThrow('normCap and aggregator replace a mean');
    }
    const { normCap } = ROBUST_DEFAULTS;
    for (const aggregator of Object.values(AGGREGATOR_DEFAULTS)) {
      checkRobust(withRobust({ normCap, aggregator }, 'fedavg'));
    }
    checkRobust(withRobust({ rootSet: ROBUST_DEFAULTS.rootSet }, 'fedavg'));
    const wanting = () => checkRobust(withRobust({ outliers: { share: 0.2 } }, 'fedavg'));
    expect(wanting).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(wanting).toThrow('federation.robust');
  });

  it('has nobody told apart where only the model is looked at', () => {
    expect(settle(honest(5), { rootSet: ROBUST_DEFAULTS.rootSet }).verdicts).toBeNull();
    expect(settle(honest(5), undefined).verdicts).toBeNull();
  });
});
