/** Updates and steps of every rule: the frames, and the payloads behind them. */
import { decodeFrame, encodeFrame } from '../codec/frame.js';
import {
  decodeStep,
  decodeUpdate,
  encodeStep,
  encodeUpdate,
  type RoundBinding,
} from '../codec/round-frame.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel, RoundContext, Rule } from '../rules/rule.js';
import { RULE_DEFAULTS, type RuleSettings } from '../task/rule-settings.js';
import { sealFrame } from './sealed.js';
import { expectSame, expectThat, type FuzzTarget } from './target.js';

const VARIANTS: readonly RuleSettings[] = [
  ...Object.values(RULE_DEFAULTS),
  { ...RULE_DEFAULTS['sign-vote'], quorum: 0.4 },
  { ...RULE_DEFAULTS['block-vote'], quorum: 0.4, share: 0.3 },
];
/** No multiple of 8, so that payloads have unused bits. */
const PARAMETERS = 101;
const FRAME_FIELDS = [72, 76, 80];

/** Four targets a rule: its two frames, and its two payloads on their own. */
export function ruleTargets(): FuzzTarget[] {
  return VARIANTS.flatMap((settings) => targetsOf(ruleFor(settings), 'quorum' in settings));
}

/** Frames without a task: whatever their contents. */
export function frameTarget(): FuzzTarget {
  const fields = { rule: 1, flags: 0, taskHash: 'ab'.repeat(32), baseHash: 'cd'.repeat(32) };
  return {
    name: 'decodeFrame',
    corpus: [0, 1, 13, 200].map((length) => {
      const payload = new Uint8Array(length).fill(7);
      return encodeFrame({ kind: 'update', ...fields, round: 5, parameters: length, payload });
    }),
    fields: FRAME_FIELDS,
    seal: sealFrame,
    run(bytes) {
      const frame = decodeFrame(bytes, 'update', 4096);
      expectSame(encodeFrame(frame), bytes, 'frame');
    },
  };
}

function targetsOf(rule: Rule, quorum: boolean): FuzzTarget[] {
  const context: RoundContext = {
    ...{ round: 5, rounds: 50, parameters: PARAMETERS, federationSeed: 3 },
    seed: deriveSeed(3, 'round', 5),
  };
  const bound: RoundBinding = {
    ...{ rule, taskHash: 'ab'.repeat(32), baseHash: 'cd'.repeat(32) },
    ...{ round: 5, parameters: PARAMETERS },
  };
  const name = `${rule.kind}${quorum ? ' with a quorum' : ''}`;
  const global = modelOf(rule);
  const updates = [0, 0.01, 0.5].map((drift, c) =>
    rule.encode(driftOf(global, drift, c), global, context, deriveSeed(7, 'client', c)),
  );
  const steps = [updates.slice(0, 1), updates].map((some) =>
    rule.apply(global, rule.tally(some, context), context),
  );
  const checkUpdate = (payload: Uint8Array) => {
    rule.check(payload, context);
    const { count, sums } = rule.tally([payload], context);
    expectThat(count === 1, `${name}: one update is counted ${count} times`);
    expectThat(sums.every(Number.isSafeInteger), `${name}: a sum is no integer`);
  };
  const checkStep = (payload: Uint8Array) => {
    const { latents, fraction } = rule.advance(global, payload, context);
    const most = fraction === 15 ? 32_767 : 2 ** fraction;
    expectThat(fraction === rule.fraction, `${name}: a step changes the fixed point`);
    expectThat(latents.length === PARAMETERS, `${name}: a step changes the model's size`);
    expectThat(
      latents.every((latent) => Math.abs(latent) <= most),
      `${name}: a step moves a latent out of range`,
    );
  };
  const frame = { fields: FRAME_FIELDS, seal: sealFrame, workspace: 524_288 };
  return [
    {
      ...frame,
      name: `decodeUpdate of ${name}`,
      corpus: updates.map((payload) => encodeUpdate({ ...bound, payload })),
      run(bytes) {
        const payload = decodeUpdate(bytes, bound);
        expectSame(encodeUpdate({ ...bound, payload }), bytes, 'update');
        checkUpdate(payload);
      },
    },
    {
      ...frame,
      name: `decodeStep of ${name}`,
      corpus: steps.map((payload) => encodeStep({ ...bound, payload })),
      run(bytes) {
        const payload = decodeStep(bytes, bound);
        expectSame(encodeStep({ ...bound, payload }), bytes, 'step');
        checkStep(payload);
      },
    },
    {
      name: `check of ${name}`,
      corpus: updates,
      workspace: frame.workspace,
      run: (bytes) => checkUpdate(sized(bytes, rule, 'update')),
    },
    {
      name: `advance of ${name}`,
      corpus: steps,
      workspace: frame.workspace,
      run: (bytes) => checkStep(sized(bytes, rule, 'step')),
    },
  ];
}

/** A payload of a length that its frame would let through. */
function sized(bytes: Uint8Array, rule: Rule, kind: 'update' | 'step'): Uint8Array {
  const most = kind === 'update' ? rule.updateBytes(PARAMETERS) : rule.stepBytes(PARAMETERS);
  if (rule.entropyCoded[kind]) return bytes.subarray(0, most);
  const payload = new Uint8Array(most);
  payload.set(bytes.subarray(0, most));
  return payload;
}

function modelOf(rule: Rule): GlobalModel {
  const random = new Random(deriveSeed(1, 'model'));
  const values = Array.from({ length: PARAMETERS }, () => random.below(20_001) - 10_000);
  const latents = rule.fraction === 15 ? Int16Array.from(values) : Int32Array.from(values);
  return { round: 4, fraction: rule.fraction, latents };
}

function driftOf({ latents, fraction }: GlobalModel, drift: number, client: number): Float32Array {
  const random = new Random(deriveSeed(2, 'drift', client));
  const unit = 1 / (fraction === 15 ? 32_768 : 16_777_216);
  return Float32Array.from(latents, (latent) => {
    const moved = latent * unit + drift * (2 * random.unit() - 1);
    return Math.max(-1, Math.min(1, moved));
  });
}
