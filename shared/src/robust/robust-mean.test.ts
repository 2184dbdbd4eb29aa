import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATOR_DEFAULTS,
  NO_EXPERIENCE,
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
import { RULE_DEFAULTS } from '../task/rule-settings.js';
import type { Drift } from './drifts.js';
import { byKrumScore, byzantine } from './krum.js';
import { coordinateMedian } from './median.js';
import { capNorms, norm } from './norm-cap.js';
import { trimmedMean } from './trimmed-mean.js';

const named = (rows: readonly (readonly number[])[]): Drift[] =>
  rows.map((values, i) => ({
    client: `c${String(i).padStart(2, '0')}`,
    values: Int32Array.from(values),
  }));
const meanOf = ({ sums, count }: { sums: ArrayLike<number>; count: number }) =>
  Array.from(sums, (sum) => sum / count);

const rows = fc.integer({ min: 1, max: 8 }).chain((parameters) =>
  fc.array(
    fc.array(fc.integer({ min: -(2 ** 25), max: 2 ** 25 }), {
      minLength: parameters,
      maxLength: parameters,
    }),
    { minLength: 1, maxLength: 12 },
  ),
);
const share = fc.double({ min: 0.01, max: 0.49, noNaN: true });

describe('the coordinate-wise median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(
      meanOf(
        coordinateMedian(
          named([
            [3, 1],
            [-7, 1],
            [900, 2],
          ]),
          2,
        ),
      ),
    ).toEqual([3, 1]);
    expect(meanOf(coordinateMedian(named([[3], [-7], [900], [4]]), 1))).toEqual([3.5]);
  });

  it('is a value that no more than half of the clients are below, and no more than half above', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const medians = meanOf(coordinateMedian(named(all), all[0].length));
        for (const [i, value] of medians.entries()) {
          expect(all.filter((row) => row[i] < value).length).toBeLessThanOrEqual(all.length / 2);
          expect(all.filter((row) => row[i] > value).length).toBeLessThanOrEqual(all.length / 2);
        }
      }),
    );
  });
});

describe('the trimmed mean', () => {
  it('is that of the paper: the largest and smallest β of n left out on each coordinate', () => {
    const all = named([
      [1, 50],
      [2, 40],
      [3, 30],
      [4, 20],
      [1000, -1000],
    ]);
    expect(meanOf(trimmedMean(all, 2, 0.2))).toEqual([3, 30]);
    // Fewer than one update in five is none.
    expect(meanOf(trimmedMean(all, 2, 0.1))).toEqual([202, -172]);
  });

  it('removes the smallest and largest again and again, as a plain count does', () => {
    fc.assert(
      fc.property(rows, share, (all, trim) => {
        const { sums, count } = trimmedMean(named(all), all[0].length, trim);
        for (const [i, sum] of sums.entries()) {
          const left = all.map((row) => row[i]);
          for (let k = 1; k <= trim * all.length; k++) {
            left.splice(left.indexOf(Math.max(...left)), 1);
            left.splice(left.indexOf(Math.min(...left)), 1);
          }
          expect(count).toBe(left.length);
          expect(sum).toBe(left.reduce((total, value) => total + value, 0));
        }
      }),
    );
  });
});

describe('Krum', () => {
  it('chooses by the sum of the distances to the n − f − 2 nearest, worked out by hand', () => {
    // n = 7, f = 2: three neighbors. On a line at 0, 1, 3, 4, 6 with two far away at 40 and 41:
    // 0: 1+9+16 = 26, 1: 1+4+9 = 14, 3: 1+4+9 = 14, 4: 1+4+9 = 14, 6: 4+9+25 = 38,
    // 40: 1+34²+36² = 2453, 41: 1+35²+37² = 2595. Of the three at 14 the first name is chosen.
    const line = named([[0], [1], [3], [4], [6], [40], [41]]);
    const order = byKrumScore(line, 0.3).map(({ values }) => values[0]);
    expect(order).toEqual([1, 3, 4, 0, 6, 40, 41]);
  });

  it('asks for 2f + 2 < n, and takes fewer attackers for granted where there are too few updates', () => {
    expect([1, 2, 3, 4, 5, 7, 10, 100].map((n) => byzantine(n, 0.3))).toEqual([
      ...[0, 0, 0, 0, 1, 2, 3, 30],
    ]);
    expect(byzantine(10, 0.49)).toBe(3);
  });

  it('scores as the definition does, whatever the order of the updates', () => {
    const cohorts = rows.filter((all) => all.length >= 3);
    fc.assert(
      fc.property(cohorts, share, fc.nat(), (all, attackers, seed) => {
        // Small numbers, so that plain sums are exact.
        const small = all.map((row) => row.map((value) => value % 100));
        const drifts = named(small);
        const f = byzantine(all.length, attackers);
        const score = (i: number) =>
          small
            .filter((_, j) => j !== i)
            .map((row) => row.reduce((sum, value, k) => sum + (value - small[i][k]) ** 2, 0))
            .sort((a, b) => a - b)
            .slice(0, all.length - f - 2)
            .reduce((sum, distance) => sum + distance, 0);
        const order = byKrumScore(drifts, attackers);
        const scores = order.map((drift) => score(drifts.indexOf(drift)));
        expect(scores).toEqual([...scores].sort((a, b) => a - b));
        const shuffled = new Random(deriveSeed(seed, 'order'))
          .sample(drifts.length, drifts.length)
          .map((i) => drifts[i]);
        expect(byKrumScore(shuffled, attackers)).toEqual(order);
      }),
    );
  });
});

describe('the norm cap', () => {
  it('shortens what is longer than the factor of the median, in its direction', () => {
    const capped = capNorms(
      named([
        [3, 4],
        [0, 5],
        [300, -400],
        [-1, 0],
      ]),
      2,
    );
    expect(capped.map(({ values }) => [...values])).toEqual([
      [3, 4],
      [0, 5],
      [6, -8],
      [-1, 0],
    ]);
  });

  it('leaves nobody longer than the cap by more than its rounding', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 10, noNaN: true }), (all, factor) => {
        const drifts = named(all);
        const norms = drifts.map(({ values }) => norm(values)).sort((a, b) => a - b);
        const cap = factor * norms[(norms.length - 1) >> 1];
        for (const [i, { values }] of capNorms(drifts, factor).entries()) {
          expect(norm(values)).toBeLessThanOrEqual(cap + Math.sqrt(values.length));
          if (norm(drifts[i].values) <= cap) expect(values).toBe(drifts[i].values);
        }
      }),
    );
  });
});

const extractor = { sha256: '0'.repeat(64), kind: 'pixels', bits: 16 } as const;
const parameters = 16 * 16;
const truth = Float64Array.from({ length: parameters }, (_, i) => (i % 3 === 0 ? 0.02 : -0.01));

/** A round of seven honest clients and three that send ten times the opposite. */
function round(kind: 'fedavg' | 'eden') {
  const task = mnistTask({
    ...{ extractor, hidden: [16], rule: kind },
    federation: { rounds: 10, goal: 10 },
  });
  const rule = ruleFor(RULE_DEFAULTS[kind]);
  const context = roundContext(task, 1, parameters);
  const global: GlobalModel = {
    round: 0,
    fraction: 24,
    latents: Int32Array.from({ length: parameters }, (_, i) => ((i % 7) - 3) * 2 ** 20),
  };
  const updates = Array.from({ length: 10 }, (_, c) => {
    const random = new Random(deriveSeed(5, 'client', c));
    const local = Float32Array.from(truth, (drift, i) => {
      const honest = drift + 0.01 * (random.unit() - 0.5);
      return global.latents[i] / 2 ** 24 + (c < 7 ? honest : -10 * honest);
    });
    const seed = deriveSeed(5, 'coins', c);
    return { client: `c${c}`, payload: rule.encode(local, global, context, seed) };
  });
  const settle = (robust?: RobustSettings, all = updates) =>
    settleRound(global, all, { rule, context, robust }, NO_EXPERIENCE, () => null);
  /** Share of the latents that moved the way of the truth. */
  const right = ({ latents }: GlobalModel) =>
    truth.filter((drift, i) => (latents[i] - global.latents[i]) * drift > 0).length / parameters;
  return { settle, right, updates };
}

const defenses: [string, RobustSettings][] = [
  ['normCap', { normCap: { factor: 1 } }],
  ...Object.values(AGGREGATOR_DEFAULTS).map((aggregator): [string, RobustSettings] => [
    aggregator.kind,
    { aggregator },
  ]),
];

describe.each(['fedavg', 'eden'] as const)('under %s', (kind) => {
  const { settle, right, updates } = round(kind);

  it('three in ten that boost the opposite tenfold win against the mean', () => {
    expect(right(settle().model)).toBeLessThan(0.2);
  });

  it.each(defenses)('%s saves that round', (_name, robust) => {
    expect(right(settle(robust).model)).toBeGreaterThan(kind === 'eden' ? 0.65 : 0.95);
  });

  it.each(defenses)('%s says the same whatever the order of the updates', (_name, robust) => {
    const once = settle(robust);
    const again = settle(robust, [...updates].reverse());
    expect(again.step).toEqual(once.step);
    expect(again.verdicts).toEqual(once.verdicts);
  });

  it('a norm cap that nobody reaches changes nothing', () => {
    const { step, tally } = settle({ normCap: { factor: 1000 } });
    expect(step).toEqual(settle().step);
    expect(tally.sums).toEqual(settle().tally.sums);
  });
});

describe('verdicts', () => {
  const { settle } = round('fedavg');

  it('say whom Krum left out', () => {
    const multi = settle({ aggregator: AGGREGATOR_DEFAULTS['multi-krum'] }).verdicts ?? {};
    expect(Object.values(multi)).toEqual([
      ...Array(7).fill('counted'),
      ...Array(3).fill('outlier'),
    ]);
    expect(screenedCount(settle({ aggregator: AGGREGATOR_DEFAULTS.krum }).verdicts)).toBe(9);
  });

  it('there are none where every update has a part', () => {
    expect(settle({ aggregator: { kind: 'median' } }).verdicts).toBeNull();
    expect(settle({ normCap: { factor: 1 } }).verdicts).toBeNull();
  });
});
