import {
  BitMatrix,
  createEvaluator,
  deriveSeed,
  type EpochProgress,
  initialModel,
  type LabeledBits,
  mnistTask,
  Random,
  type RuleSettings,
  roundSeed,
  type Task,
} from '@fedhybnn/shared';
import { afterAll, describe, expect, it } from 'vitest';
import { BrowserTrainer } from './browser-trainer.js';
import { InlineTrainer } from './inline-trainer.js';
import { NodePool } from './node-pool.js';
import { serveTraining } from './serve-training.js';
import type { Trainer } from './trainer.js';

const BITS = 70;

function taskOf(kind: RuleSettings['kind'], epochs: number): Task {
  return mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
    hidden: [24],
    rule: kind,
    training: { epochs, batch: 16 },
    federation: { rounds: 10, goal: 2 },
  });
}

function randomBits(samples: number, seed: number): LabeledBits {
  const random = new Random(deriveSeed(seed, 'bits'));
  const signs = Float32Array.from({ length: samples * BITS }, () => random.unit() - 0.5);
  const labels = Int32Array.from({ length: samples }, () => random.below(10));
  return { bits: BitMatrix.fromSigns(samples, BITS, signs), labels };
}

function requestFor(task: Task, client: string) {
  return { global: initialModel(task), round: 2, roundSeed: roundSeed(task, 2), client };
}

/** The page's trainer with its worker's code behind a channel of structured clones. */
function channelTrainer(): Trainer {
  return new BrowserTrainer(() => {
    const { port1, port2 } = new MessageChannel();
    const receive = serveTraining((message) => port2.postMessage(message));
    port2.onmessage = ({ data }) => receive(data);
    port1.start();
    const listen = (type: string, listener: (event: MessageEvent) => void) => {
      if (type === 'message') port1.onmessage = listener;
    };
    const post = (message: unknown) => port1.postMessage(message);
    const worker = { addEventListener: listen, postMessage: post, terminate: () => port1.close() };
    return worker as unknown as Worker;
  });
}

const trainers: readonly [string, Trainer][] = [
  ['in a page worker', channelTrainer()],
  ['in one thread', new NodePool({ workers: 1 })],
  ['in two threads', new NodePool({ workers: 2 })],
];

afterAll(async () => {
  for (const [, trainer] of trainers) await trainer.close();
});

describe.each(trainers)('training %s', (_name, trainer) => {
  it.each(['sign-vote', 'fedavg'] as const)('gives the bytes of %s inline', async (kind) => {
    const task = taskOf(kind, 2);
    const shared = randomBits(90, 1);
    const clients = ['a', 'b', 'c', 'd'].map((client, i) => ({
      client,
      data: i < 2 ? shared : randomBits(40, i),
      samples: i < 2 ? Uint32Array.from({ length: 30 }, (_, row) => 3 * row + i) : undefined,
    }));
    const train = (by: Trainer) =>
      Promise.all(
        clients.map(async ({ client, data, samples }) => {
          const prepared = await by.prepare(task, data, samples);
          return prepared.train(requestFor(task, client));
        }),
      );
    const expected = await train(new InlineTrainer());
    expect(new Set(expected.map(({ payload }) => payload.join())).size).toBe(4);
    expect(await train(trainer)).toEqual(expected);
  });

  it('tells each epoch once, with the loss of the inline training', async () => {
    const task = taskOf('sign-vote', 3);
    const data = randomBits(50, 5);
    const epochs = async (by: Trainer) => {
      const told: EpochProgress[] = [];
      const onEpoch = (progress: EpochProgress) => told.push(progress);
      await (await by.prepare(task, data)).train({ ...requestFor(task, 'a'), onEpoch });
      return told;
    };
    const expected = await epochs(new InlineTrainer());
    expect(expected.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(await epochs(trainer)).toEqual(expected);
  });

  it('rejects when nobody wants the update any more, and serves the next', async () => {
    const task = taskOf('sign-vote', 50);
    const prepared = await trainer.prepare(task, randomBits(400, 6));
    const controller = new AbortController();
    const { signal } = controller;
    const onEpoch = () => controller.abort(new Error('enough'));
    const unwanted = prepared.train({ ...requestFor(task, 'a'), signal, onEpoch });
    await expect(unwanted).rejects.toThrow('enough');
    const already = prepared.train({ ...requestFor(task, 'a'), signal });
    await expect(already).rejects.toThrow('enough');
    const next = await trainer.prepare(taskOf('sign-vote', 1), randomBits(20, 7));
    expect((await next.train(requestFor(taskOf('sign-vote', 1), 'b'))).samples).toBe(20);
  });
});

describe('a closed trainer', () => {
  it('rejects what was under way', async () => {
    const task = taskOf('sign-vote', 1000);
    for (const trainer of [channelTrainer(), new NodePool({ workers: 1 })]) {
      const prepared = await trainer.prepare(task, randomBits(400, 8));
      const failing = expect(prepared.train(requestFor(task, 'a'))).rejects.toThrow();
      await trainer.close();
      await failing;
    }
  });
});

describe('threads', () => {
  it('count what a model gets right as this thread does, while others train on it', async () => {
    const task = taskOf('sign-vote', 1);
    const test = randomBits(300, 9);
    const pool = new NodePool({ workers: 2 });
    const evaluator = await createEvaluator(task);
    const prepared = await pool.prepareEvaluation(task, test);
    const training = await pool.prepare(task, randomBits(200, 10));
    const inline = await new InlineTrainer().prepare(task, randomBits(200, 10));
    // More models than are kept in shared memory, some at the same time.
    const base = initialModel(task);
    const models = Array.from({ length: 9 }, (_, m) => ({
      ...base,
      latents: base.latents.map((latent, i) => ((i * (m + 1)) % 7 === 0 ? -latent : latent)),
    }));
    for (const some of [models.slice(0, 5), models.slice(5), models.slice(3, 6)]) {
      const counted = Promise.all(some.map((model) => prepared.evaluate(model)));
      const updates = await Promise.all(
        some.map((global) => training.train({ ...requestFor(task, 'a'), global })),
      );
      for (const [m, global] of some.entries()) {
        expect((await counted)[m]).toEqual(evaluator.evaluate(global, test));
        expect(updates[m]).toEqual(await inline.train({ ...requestFor(task, 'a'), global }));
      }
    }
    await pool.close();
  });
});
