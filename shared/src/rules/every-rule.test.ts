/** What holds for every rule, with its defaults and with each option. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { RULE_DEFAULTS, type RuleSettings } from '../task/rule-settings.js';
import { ruleFor } from './registry.js';
import type { GlobalModel, RoundContext, Rule } from './rule.js';

const variants: readonly RuleSettings[] = [
  ...Object.values(RULE_DEFAULTS),
  { ...RULE_DEFAULTS['sign-vote'], quorum: 0.4 },
  { ...RULE_DEFAULTS['block-vote'], quorum: 0.4 },
  { ...RULE_DEFAULTS['block-vote'], share: 0.3 },
];

const contextOf = (parameters: number, round: number): RoundContext => ({
  round,
  rounds: 50,
  parameters,
  seed: deriveSeed(3, 'round', round),
  federationSeed: 3,
});

function modelOf(rule: Rule, parameters: number, seed: number): GlobalModel {
  const random = new Random(deriveSeed(seed, 'model'));
  const values = Array.from({ length: parameters }, () => random.below(20_001) - 10_000);
  const latents = rule.fraction === 15 ? Int16Array.from(values) : Int32Array.from(values);
  return { round: 0, fraction: rule.fraction, latents };
}

/** A cohort's local latents: the global ones and a drift of some size. */
function locals(global: GlobalModel, clients: number, drift: number, seed: number): Float32Array[] {
  const unit = 2 ** -global.fraction;
  return Array.from({ length: clients }, (_, c) => {
    const random = new Random(deriveSeed(seed, 'local', c));
    return Float32Array.from(global.latents, (latent) => {
      const moved = latent * unit + drift * (2 * random.unit() - 1);
      return Math.max(-1, Math.min(1, moved));
    });
  });
}

const rounds = fc.record({
  parameters: fc.integer({ min: 1, max: 300 }),
  clients: fc.integer({ min: 1, max: 9 }),
  round: fc.integer({ min: 1, max: 50 }),
  drift: fc.constantFrom(0, 0.001, 0.05, 2),
  seed: fc.nat(1000),
});

interface Played {
  readonly global: GlobalModel;
  readonly facts: RoundContext;
  readonly payloads: Uint8Array[];
}

function play(rule: Rule, round: typeof rounds extends fc.Arbitrary<infer T> ? T : never): Played {
  const global = modelOf(rule, round.parameters, round.seed);
  const facts = contextOf(round.parameters, round.round);
  const payloads = locals(global, round.clients, round.drift, round.seed).map((local, c) =>
    rule.encode(local, global, facts, deriveSeed(facts.seed, 'client', c)),
  );
  return { global, facts, payloads };
}

describe.each(variants.map((settings) => [JSON.stringify(settings), settings] as const))(
  '%s',
  (_name, settings) => {
    const rule = ruleFor(settings);

    it('takes its own updates and steps, of the length it says', () => {
      fc.assert(
        fc.property(rounds, (round) => {
          const { global, facts, payloads } = play(rule, round);
          for (const payload of payloads) {
            rule.check(payload, facts);
            const most = rule.updateBytes(round.parameters);
            if (rule.entropyCoded.update) expect(payload.length).toBeLessThanOrEqual(most);
            else expect(payload.length).toBe(most);
          }
          const step = rule.apply(global, rule.tally(payloads, facts), facts);
          const most = rule.stepBytes(round.parameters);
          if (rule.entropyCoded.step) expect(step.length).toBeLessThanOrEqual(most);
          else expect(step.length).toBe(most);
          const next = rule.advance(global, step, facts);
          expect(next).toMatchObject({ round: round.round, fraction: rule.fraction });
          expect(next.latents).toHaveLength(round.parameters);
          const limit = rule.fraction === 15 ? 32_767 : 2 ** 24;
          expect(next.latents.every((latent) => Math.abs(latent) <= limit)).toBe(true);
        }),
        { numRuns: 40 },
      );
    });

    it('tallies in any order and in any parts', () => {
      fc.assert(
        fc.property(rounds, fc.nat(), (round, at) => {
          const { facts, payloads } = play(rule, round);
          const cut = at % (payloads.length + 1);
          const whole = rule.tally(payloads, facts);
          expect(rule.tally(payloads.toReversed(), facts)).toEqual(whole);
          const [a, b] = [payloads.slice(0, cut), payloads.slice(cut)].map((part) =>
            rule.tally(part, facts),
          );
          expect(rule.merge(a, b)).toEqual(whole);
          expect(rule.merge(b, a)).toEqual(whole);
        }),
        { numRuns: 40 },
      );
    });

    it('gives the same bytes for the same seeds, and changes nothing that it was given', () => {
      fc.assert(
        fc.property(rounds, (round) => {
          const { global, facts, payloads } = play(rule, round);
          const again = play(rule, round);
          expect(again.payloads).toEqual(payloads);
          const tally = rule.tally(payloads, facts);
          const step = rule.apply(global, tally, facts);
          expect(rule.apply(global, tally, facts)).toEqual(step);
          expect(rule.advance(global, step, facts)).toEqual(rule.advance(global, step, facts));
          expect(global).toEqual(again.global);
          expect(tally).toEqual(rule.tally(payloads, facts));
        }),
        { numRuns: 20 },
      );
    });

    it('answers hostile payloads and steps with a FederationError or a model in range', () => {
      const hostile = fc.tuple(rounds, fc.uint8Array({ maxLength: 80 }), fc.nat(), fc.nat(255));
      const attempt = (action: () => unknown) => {
        try {
          action();
        } catch (error) {
          expect(error).toBeInstanceOf(FederationError);
        }
      };
      fc.assert(
        fc.property(hostile, ([round, noise, at, byte]) => {
          const { global, facts, payloads } = play(rule, round);
          const changed = Uint8Array.from(payloads[0]);
          changed[at % changed.length] ^= byte;
          // A frame refuses other lengths before a rule of fixed length sees them.
          const random = rule.entropyCoded.update
            ? noise
            : Uint8Array.from(payloads[0], (_, i) => noise[i % noise.length] ?? 0);
          for (const payload of [changed, random]) {
            attempt(() => rule.check(payload, facts));
            attempt(() => rule.tally([payload], facts));
          }
          const step = rule.apply(global, rule.tally(payloads, facts), facts);
          step[at % step.length] ^= byte;
          attempt(() => {
            const { latents } = rule.advance(global, step, facts);
            expect(latents.every((latent) => Math.abs(latent) <= 2 ** rule.fraction)).toBe(true);
          });
        }),
        { numRuns: 60 },
      );
    });
  },
);
