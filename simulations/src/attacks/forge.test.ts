import {
  deriveSeed,
  driftsOf,
  type GlobalModel,
  initialModel,
  mnistTask,
  parameterCount,
  Random,
  RULE_DEFAULTS,
  type RuleSettings,
  roundContext,
  ruleFor,
  sha256Hex,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { ATTACKS, type AttackKind, chooseAttackers } from './attack.js';
import { createAttack } from './forge.js';

const extractor = { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 } as const;
const clients = 8;

/** A cohort of everybody: honest drifts with a common direction. */
function scene(kind: RuleSettings['kind']) {
  const task = mnistTask({
    ...{ extractor, hidden: [16], rule: kind },
    federation: { rounds: 3, goal: clients },
  });
  const parameters = parameterCount(task);
  const rule = ruleFor(task.federation.rule);
  const context = roundContext(task, 1, parameters);
  const global = initialModel(task);
  const one = 1 << global.fraction;
  const cohort = Array.from({ length: clients }, (_, index) => {
    const random = new Random(deriveSeed(2, 'client', index));
    const local = Float32Array.from(global.latents, (latent, i) => {
      const drift = (i % 2 === 0 ? 0.02 : -0.02) + 0.06 * (random.unit() - 0.5);
      return Math.max(-1, Math.min(1, latent / one + drift));
    });
    return { index, payload: rule.encode(local, global, context, deriveSeed(2, 'coins', index)) };
  });
  const send = (attack: AttackKind, share = 0.25, strength?: number) =>
    createAttack(
      { kind: attack, share, ...(strength !== undefined && { strength }) },
      clients,
      1,
    )(...([cohort, global, rule, context] as const));
  const said = (payload: Uint8Array) => rule.tally([payload], context).sums;
  return { task, parameters, rule, context, global, cohort, send, said };
}

const rules = Object.keys(RULE_DEFAULTS) as RuleSettings['kind'][];

describe.each(rules)('an attack on a round of %s', (kind) => {
  const { rule, context, parameters, cohort, send } = scene(kind);

  it.each(ATTACKS)('%s changes what attackers send, and nothing of the others', (attack) => {
    const attackers = chooseAttackers({ kind: attack, share: 0.25 }, clients, 1);
    const sent = send(attack);
    // What these send is an honest update, of samples that are not.
    const samplesOnly = attack === 'label-flip' || attack === 'backdoor';
    for (const { index, payload } of cohort) {
      const changes = attackers.includes(index) && !samplesOnly;
      expect(Buffer.compare(sent[index], payload) !== 0).toBe(changes);
      rule.check(sent[index], context);
      if (rule.entropyCoded.update) continue;
      expect(sent[index]).toHaveLength(rule.updateBytes(parameters));
    }
    expect(sha256Hex(Buffer.concat(send(attack)))).toBe(sha256Hex(Buffer.concat(sent)));
    if (attack === 'sybil') expect(sent[attackers[0]]).toEqual(sent[attackers[1]]);
  });

  it('without anybody honest in it still gives valid updates', () => {
    for (const attack of ATTACKS) {
      for (const payload of send(attack, 0.99)) rule.check(payload, context);
    }
  });
});

describe.each(['sign-vote', 'block-vote'] as const)('attackers of %s', (kind) => {
  const { send, said, cohort } = scene(kind);
  const [first, second] = chooseAttackers({ kind: 'alie', share: 0.25 }, clients, 1);

  it('who flip or boost say the opposite of their own vote', () => {
    for (const attack of ['sign-flip', 'boost'] as const) {
      const opposite = said(cohort[first].payload).map((vote) => -vote);
      expect(said(send(attack)[first])).toEqual(opposite);
    }
  });

  it('who collude say one and the same', () => {
    for (const attack of ['collusion', 'alie', 'sybil'] as const) {
      const sent = send(attack);
      expect(sent[first]).toEqual(sent[second]);
    }
    expect(send('ipm')[first]).not.toEqual(send('ipm')[second]);
  });
});

describe('attackers of fedavg', () => {
  const { send, rule, global, context, cohort } = scene('fedavg');
  const [first, second] = chooseAttackers({ kind: 'alie', share: 0.25 }, clients, 1);
  const drift = (payload: Uint8Array, model: GlobalModel = global) =>
    driftsOf([{ client: '', payload }], rule, model, context)[0].values;
  const honest = cohort
    .filter(({ index }) => index !== first && index !== second)
    .map(({ payload }) => drift(payload));
  const mean = Array.from(honest[0], (_, i) =>
    honest.reduce((sum, values) => sum + values[i] / honest.length, 0),
  );
  const near = (got: ArrayLike<number>, wanted: ArrayLike<number>) => {
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThan(2);
  };

  it('send −d, −x·d, −μ and −x·μ', () => {
    const own = drift(cohort[first].payload);
    near(
      drift(send('sign-flip')[first]),
      own.map((value) => -value),
    );
    near(
      drift(send('boost', 0.25, 3)[first]),
      own.map((value) => -3 * value),
    );
    near(
      drift(send('collusion')[second]),
      mean.map((value) => -value),
    );
    near(
      drift(send('ipm', 0.25, 2)[second]),
      mean.map((value) => -2 * value),
    );
    near(
      drift(send('backdoor', 0.25, 4)[first]),
      own.map((value) => 4 * value),
    );
  });

  it('turn the mean around when they boost, and not when they only flip', () => {
    const inner = (attack: AttackKind) => {
      const { sums, count } = rule.tally(send(attack), context);
      return mean.reduce((sum, value, i) => sum + value * (sums[i] / count - global.latents[i]), 0);
    };
    expect(inner('sign-flip')).toBeGreaterThan(0);
    expect(inner('boost')).toBeLessThan(0);
  });
});

describe('attackers of flip-vote', () => {
  it('flip as much as the density lets them, where they want to', () => {
    const { send, said, parameters, cohort, task } = scene('flip-vote');
    const [first] = chooseAttackers({ kind: 'collusion', share: 0.25 }, clients, 1);
    const flips = said(send('collusion')[first]).filter((flip) => flip !== 0).length;
    const { rule } = task.federation;
    const most = rule.kind === 'flip-vote' ? Math.ceil(rule.density * parameters) : 0;
    expect(flips).toBeLessThanOrEqual(most);
    expect(flips).toBeGreaterThan(most / 3);
    expect(cohort).toHaveLength(clients);
  });
});
