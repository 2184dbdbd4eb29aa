import { describe, expect, it } from 'vitest';
import * as admin from '../protocol/admin.js';
import { FederationError } from '../protocol/errors.js';
import * as live from '../protocol/live.js';
import * as messages from '../protocol/messages.js';
import { fuzz, sharedTargets } from './index.js';
import { ADMIN_MESSAGES, CLIENT_MESSAGES, LIVE_MESSAGES } from './message-samples.js';
import type { FuzzTarget } from './target.js';

const one = (run: FuzzTarget['run'], more: Partial<FuzzTarget> = {}): FuzzTarget[] => [
  { name: 'one', corpus: [Uint8Array.of(1, 2, 3)], run, ...more },
];
const refuse = () => {
  throw new FederationError('bad-request', 'no; say yes');
};

describe('every decoder', () => {
  const targets = sharedTargets();

  it('takes the inputs that its encoder made', async () => {
    for (const { name, corpus, run } of targets) {
      for (const bytes of corpus) {
        await expect((async () => run(bytes))(), name).resolves.toBeUndefined();
      }
    }
  });

  it('answers hostile inputs with a value or a FederationError, and allocates no more than they hold', async () => {
    const report = await fuzz(targets, { inputs: 20_000, seed: 1 });
    expect(report.violation).toBeUndefined();
    for (const { target, refused, accepted } of report.targets) {
      expect(accepted + refused, target).toBeGreaterThan(200);
      expect(accepted, target).toBeGreaterThan(0);
    }
  });

  it.each([
    ['messages.ts', messages, CLIENT_MESSAGES],
    ['admin.ts', admin, ADMIN_MESSAGES],
    ['live.ts', live, LIVE_MESSAGES],
  ])('has a sample of each schema of %s', (_file, module, samples) => {
    const schemas = Object.entries(module).filter(
      ([name, value]) => name.endsWith('Schema') && typeof value === 'object',
    );
    expect(Object.keys(samples).sort()).toEqual(schemas.map(([name]) => name).sort());
  });
});

describe('the fuzzer', () => {
  it('stops at an error that is no FederationError, and hands the input over', async () => {
    const targets = one((bytes) => {
      if (bytes.length === 0) throw new TypeError('empty');
      refuse();
    });
    const { violation, inputs } = await fuzz(targets, { inputs: 10_000, seed: 1 });
    expect(violation).toMatchObject({ target: 'one', input: '', message: 'empty' });
    expect(inputs).toBeLessThan(10_000);
  });

  it('stops at an allocation that the input only declares', async () => {
    const targets = one((bytes) => {
      new Float64Array(65_536 * bytes.length);
    });
    const { violation } = await fuzz(targets, { inputs: 100, seed: 1 });
    expect(violation?.message).toMatch(/^\d+ bytes asked for by \d+ bytes of input$/);
  });

  it('stops at a message of two lines', async () => {
    const targets = one(() => {
      throw new FederationError('bad-request', 'a\nb');
    });
    const { violation } = await fuzz(targets, { inputs: 100, seed: 1 });
    expect(violation?.message).toBe('not one line: a\nb');
  });

  it('stops at an input that is slow each time, by any clock', async () => {
    let clock = 0;
    const targets = one((bytes) => {
      clock += bytes.length > 3 ? 2000 : 1;
    });
    const { violation } = await fuzz(targets, { inputs: 1000, seed: 1, now: () => clock });
    expect(violation?.message).toBe('it takes more than 1000 ms');
  });

  it('gives the same inputs for the same seed, and counts what became of them', async () => {
    const inputsOf = async (seed: number) => {
      const seen: string[] = [];
      const targets = one((bytes) => {
        seen.push(bytes.join());
        if (bytes[0] !== 1) refuse();
      });
      const { targets: counts } = await fuzz(targets, { inputs: 500, seed });
      return { seen, counts };
    };
    const first = await inputsOf(1);
    expect(await inputsOf(1)).toEqual(first);
    expect((await inputsOf(2)).seen).not.toEqual(first.seen);
    const accepted = first.seen.filter((bytes) => bytes.startsWith('1,') || bytes === '1').length;
    expect(first.counts[0]).toMatchObject({ accepted, refused: 500 - accepted });
  });

  it('leaves the engine as it was', async () => {
    const before = Uint8Array;
    await fuzz(one(refuse), { inputs: 10, seed: 1 });
    expect(Uint8Array).toBe(before);
  });
});
