import {
  BitMatrix,
  deriveSeed,
  initialModel,
  Random,
  type SingleLabelBits,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { type CustomRule, type SimulateOptions, simulate } from '../index.js';

/** Three classes, each around a prototype of 64 bits. */
function samples(count: number, name: string): SingleLabelBits {
  const centers = new Random(deriveSeed(1, 'centers'));
  const center = Array.from({ length: 3 * 64 }, () => centers.unit() < 0.5);
  const random = new Random(deriveSeed(1, name));
  const labels = Int32Array.from({ length: count }, () => random.below(3));
  const bits = BitMatrix.create(count, 64);
  labels.forEach((label, i) => {
    for (let k = 0; k < 64; k++) bits.set(i, k, center[label * 64 + k] !== random.unit() < 0.3);
  });
  return { bits, labels };
}

const training = samples(600, 'training');
const small: SimulateOptions = {
  ...{ training, test: samples(300, 'test') },
  ...{ clients: 8, cohort: 4, rounds: 4, hidden: [16], workers: 1 },
};

/** Images of the same bits. */
function images(data: SingleLabelBits) {
  const pixels = Uint8Array.from({ length: data.bits.rows * 64 }, (_, i) =>
    data.bits.get(i >> 6, i & 63) ? 255 : 0,
  );
  const shape = { width: 8, height: 8, channels: 1 };
  return { images: { count: data.bits.rows, ...shape, pixels }, labels: data.labels };
}

/** What fedavg does. */
const mean: CustomRule = {
  name: 'mean',
  aggregate: (drifts) =>
    Float64Array.from(drifts[0], (_, i) =>
      drifts.reduce((sum, drift) => sum + drift[i] / drifts.length, 0),
    ),
};

const refusal = (message: string | RegExp) => ({
  code: 'bad-request',
  message: expect.stringMatching(message),
});

describe('simulate', () => {
  it('begins with a model that is given, if its head is the same', async () => {
    const first = await simulate(small);
    const asByDefault = { model: initialModel(first.task) };
    expect((await simulate({ ...small, initial: asByDefault })).modelHash).toBe(first.modelHash);
    const second = await simulate({ ...small, initial: first });
    expect(second.rounds.map(({ round }) => round)).toEqual([1, 2, 3, 4]);
    const signsOf = ({ model }: typeof first) => Array.from(model.latents, (latent) => latent >= 0);
    const started = signsOf(first);
    const moved = (other: boolean[]) => other.filter((sign, i) => sign !== started[i]).length;
    const fresh = signsOf(await simulate({ ...small, seed: 2 }));
    expect(moved(signsOf(second))).toBeLessThan(moved(fresh) / 2);
    const wider = { ...small, hidden: [32] };
    await expect(simulate({ ...wider, initial: first })).rejects.toMatchObject(
      refusal(/^simulate: initial: was trained with --hidden 16, but this run has --hidden 32; /),
    );
    await expect(simulate({ ...wider, initial: { model: first.model } })).rejects.toMatchObject(
      refusal(/^simulate: initial: has \d+ parameters, but the head of this run has \d+; /),
    );
  });

  it('learns from samples alone, and tells every round', async () => {
    const told: (number | null)[] = [];
    const result = await simulate({
      ...{ training, test: small.test, hidden: [16], rounds: 12, cohort: 20 },
      onRound: ({ accuracy }) => told.push(accuracy),
    });
    expect(told).toEqual(result.rounds.map(({ accuracy }) => accuracy));
    expect(told).toHaveLength(12);
    expect(result.accuracy).toBeGreaterThan(0.6);
    expect(result.task.federation).toMatchObject({ goal: 20, rule: { kind: 'block-vote' } });
    expect(result.task.labels).toEqual(['0', '1', '2']);
  });

  it('is the same for a seed, with any number of workers, and another for another', async () => {
    const { modelHash } = await simulate(small);
    expect((await simulate({ ...small, workers: 2 })).modelHash).toBe(modelHash);
    expect((await simulate({ ...small, seed: 2 })).modelHash).not.toBe(modelHash);
  });

  it('takes images, and a backdoor on them', async () => {
    const pictures = { training: images(training), test: images(samples(300, 'test')) };
    const options = { ...small, ...pictures, extractor: 'pixels', labels: ['a', 'b', 'c'] };
    const plain = await simulate(options);
    expect(plain.accuracy).toBe((await simulate({ ...small, labels: options.labels })).accuracy);
    const { rounds, task } = await simulate({ ...options, attack: 'backdoor:0.3' });
    expect(rounds[3].extra?.attackSuccess).toBeGreaterThan(0);
    expect(task.labels).toEqual(['a', 'b', 'c']);
    await expect(simulate({ ...small, attack: 'backdoor:0.3' })).rejects.toMatchObject(
      refusal('--attack backdoor'),
    );
  });

  it('learns several labels a sample', async () => {
    const several = ({ bits, labels }: SingleLabelBits) => {
      const targets = BitMatrix.create(bits.rows, 2);
      labels.forEach((label, i) => {
        targets.set(i, 0, label === 0);
        targets.set(i, 1, label !== 2);
      });
      return { bits, targets };
    };
    const data = { training: several(training), test: several(samples(300, 'test')) };
    const { accuracy, task } = await simulate({ ...small, ...data, rule: 'sign-vote', rounds: 12 });
    expect(task.classification).toBe('multi-label');
    expect(accuracy).toBeGreaterThan(0.7);
  });
});

describe('a partition of one’s own', () => {
  it('says who holds what', async () => {
    const asked: number[] = [];
    const { rounds } = await simulate({
      ...small,
      partition: ({ labels, clients, seed }) => {
        asked.push(labels.length, clients, seed);
        return Array.from({ length: clients }, (_, c) => [c, c + 8, c + 16]);
      },
    });
    expect(asked).toEqual([600, 8, 1]);
    expect(rounds).toHaveLength(4);
  });

  it('is checked', async () => {
    const deal = (hands: number[][]) =>
      simulate({ ...small, clients: 2, cohort: 2, partition: () => hands });
    await expect(deal([[1]])).rejects.toMatchObject(refusal('1 hands.*each of 2 clients'));
    await expect(deal([[1], []])).rejects.toMatchObject(refusal('client 1 holds nothing'));
    await expect(deal([[1], [600]])).rejects.toMatchObject(refusal('sample 600.*below 600'));
    await expect(deal([[1], [0.5]])).rejects.toMatchObject(refusal('sample 0.5'));
  });
});

describe('an attack of one’s own', () => {
  it('replaces what clients send', async () => {
    const cohorts: number[] = [];
    const honest = await simulate({ ...small, rule: 'sign-vote', rounds: 12 });
    const attacked = await simulate({
      ...{ ...small, rule: 'sign-vote', rounds: 12 },
      attack: (updates) => {
        cohorts.push(updates.length);
        return updates.map(({ payload }) => payload.map((byte) => ~byte));
      },
    });
    expect(cohorts).toEqual(Array(12).fill(4));
    expect(attacked.accuracy).toBeLessThan(honest.accuracy - 0.3);
  });
});

describe('a rule of one’s own', () => {
  it('that takes the mean is fedavg', async () => {
    const own = await simulate({ ...small, rule: mean });
    const fedavg = await simulate({ ...small, rule: 'fedavg' });
    const apart = own.model.latents.map((latent, i) => Math.abs(latent - fedavg.model.latents[i]));
    // f32 drifts round where f32 latents do not; a flipped weight later is rare, not impossible.
    expect(apart.filter((units) => units > 2 ** 16).length).toBeLessThan(apart.length / 20);
    expect(Math.abs(own.accuracy - fedavg.accuracy)).toBeLessThan(0.05);
    expect((await simulate({ ...small, rule: mean, workers: 2 })).modelHash).toBe(own.modelHash);
  });

  it('may compress what clients send, and its bytes are counted', async () => {
    const signs: CustomRule = {
      name: 'signs',
      encode: (drift) => BitMatrix.fromSigns(1, drift.length, drift).toCompact(),
      decode: (payload, { parameters }) => {
        const bits = BitMatrix.fromCompact(1, parameters, payload);
        return Float32Array.from({ length: parameters }, (_, i) => (bits.get(0, i) ? 0.01 : -0.01));
      },
      aggregate: mean.aggregate,
    };
    const { rounds, parameters, accuracy } = await simulate({ ...small, rule: signs, rounds: 12 });
    expect(rounds[0].uplinkBytes).toBe(4 * (parameters / 8 + 88));
    expect(accuracy).toBeGreaterThan(0.8);
  });

  it('meets attacks and defenses as the rules that average do', async () => {
    const options = { ...small, cohort: 8, rule: mean, rounds: 8 };
    const boosted = await simulate({ ...options, attack: 'boost:0.25' });
    const capped = await simulate({ ...options, attack: 'boost:0.25', robust: 'norm-cap' });
    expect(capped.accuracy).toBeGreaterThan(boosted.accuracy + 0.2);
  });

  it('is told what is wrong with it', async () => {
    const play = (rule: CustomRule) => simulate({ ...small, rule });
    const { aggregate } = mean;
    await expect(play({ ...mean, aggregate: () => [1] })).rejects.toMatchObject(
      refusal('rule mean: aggregate gave 1 numbers in round 1, not 1024'),
    );
    await expect(
      play({ ...mean, aggregate: (drifts) => drifts[0].map(() => Number.NaN) }),
    ).rejects.toMatchObject(refusal('gave NaN for parameter 0 in round 1'));
    await expect(
      play({ name: 'half', aggregate, encode: () => new Uint8Array(1) }),
    ).rejects.toMatchObject(refusal('only one of encode and decode'));
    const encode = () => new Uint8Array(5000);
    const decode = () => new Float32Array(1024);
    await expect(play({ name: 'long', aggregate, encode, decode })).rejects.toMatchObject(
      refusal('5000 bytes, more than 4 a parameter'),
    );
  });
});

describe('options', () => {
  it('that do not fit are refused by name', async () => {
    const wrong: [Partial<SimulateOptions>, RegExp][] = [
      [{ cohort: 9 }, /cohort 9 of 8 clients/],
      [{ partition: 'heaps' }, /partition/],
      [{ attack: 'flood:0.1' }, /--attack flood/],
      [{ robust: 'magic' }, /--robust magic/],
      [{ rule: 'fedavg', robust: 'outliers' }, /federation\.robust/],
      [{ test: images(training) }, /both be images/],
      [{ task: (task) => ({ ...task, training: { ...task.training, epochs: 0 } }) }, /epochs/],
    ];
    for (const [change, message] of wrong) {
      await expect(simulate({ ...small, ...change })).rejects.toMatchObject(refusal(message));
    }
  });

  it('have the last word on the task', async () => {
    const { task } = await simulate({
      ...small,
      task: (made) => ({ ...made, training: { ...made.training, batch: 10 } }),
    });
    expect(task.training.batch).toBe(10);
  });
});
