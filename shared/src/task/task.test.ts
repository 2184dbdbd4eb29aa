import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { parse } from '../protocol/parse.js';
import { mnistTask } from './built-in.js';
import { canonicalJson, taskHash } from './hash.js';
import { type Task, taskSchema } from './task.js';

const task = mnistTask({
  extractor: { sha256: 'ab'.repeat(32), kind: 'pixels', bits: 784 },
  rule: 'sign-vote',
  federation: { rounds: 50, goal: 10 },
});

type Path = readonly (string | number)[];

/** A copy of the task with one member replaced, added, or (undefined) removed. */
function changed(path: Path, value: unknown): unknown {
  const copy: unknown = structuredClone(task);
  let at = copy as Record<string | number, unknown>;
  for (const name of path.slice(0, -1)) at = at[name] as typeof at;
  const last = path.at(-1)!;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function refusal(value: unknown): FederationError {
  try {
    parse(taskSchema, value, 'task');
  } catch (error) {
    if (error instanceof FederationError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Every way down to a member of the task, objects and arrays included. */
function paths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, member]) => paths(member, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

describe('the built-in task', () => {
  it('is valid as it is, and with every option', () => {
    expect(parse(taskSchema, task, 'task')).toEqual(task);
    const other = mnistTask({
      id: 'other',
      extractor: task.extractor,
      convolution: {
        width: 28,
        height: 28,
        channels: 1,
        layers: [{ filters: 8, pool: true }],
      },
      hidden: [64, 32],
      rule: 'fedavg',
      training: { epochs: 3 },
      federation: { rounds: 2, goal: 3, overSelect: 1.5, targetAccuracy: 0.9 },
    });
    expect(parse(taskSchema, other, 'task')).toEqual(other);
    expect(other).toMatchObject({ id: 'other', head: { hidden: [64, 32] } });
    expect(other.training).toMatchObject({ epochs: 3, batch: 50 });
    expect(other.federation).toMatchObject({
      rule: { kind: 'fedavg' },
      minimum: 2,
      ready: 5,
      targetAccuracy: 0.9,
    });
  });
});

describe('a task document', () => {
  it.each<[string, Path, unknown]>([
    ['schema', ['schema'], 2],
    ['id', ['id'], 'Has Spaces'],
    ['id', ['id'], '-starts-with-a-hyphen'],
    ['title', ['title'], ''],
    ['description', ['description'], 'x'.repeat(4001)],
    ['input.width', ['input', 'width'], 28.5],
    ['input.channels', ['input', 'channels'], 2],
    ['labels', ['labels'], ['only one']],
    ['labels.3', ['labels', 3], ''],
    ['extractor.sha256', ['extractor', 'sha256'], 'AB'.repeat(32)],
    ['extractor.bits', ['extractor', 'bits'], 65_537],
    ['head.hidden', ['head', 'hidden'], []],
    ['head.hidden.0', ['head', 'hidden', 0], 0],
    ['head.logitScale', ['head', 'logitScale'], 0],
    ['training.optimizer.beta1', ['training', 'optimizer', 'beta1'], 1],
    ['training.optimizer.kind', ['training', 'optimizer', 'kind'], 'lion'],
    ['federation.rule.kind', ['federation', 'rule'], { kind: 'vote' }],
    ['federation.rule.serverStep', ['federation', 'rule', 'serverStep'], 1.5],
    [
      'federation.rule.share',
      ['federation', 'rule'],
      { kind: 'block-vote', share: 0, serverStep: 0.06 },
    ],
    [
      'federation.rule.quorum',
      ['federation', 'rule'],
      { kind: 'sign-vote', serverStep: 0.01, quorum: 1 },
    ],
    [
      'federation.rule.density',
      ['federation', 'rule'],
      { kind: 'flip-vote', threshold: 0.5, serverStep: 0.5, density: 0.6 },
    ],
    ['federation.rule.slope', ['federation', 'rule'], { kind: 'fedvote', slope: 0 }],
    ['federation.rounds', ['federation', 'rounds'], 0],
    ['federation.overSelect', ['federation', 'overSelect'], Number.NaN],
    ['federation.deadlineMs', ['federation', 'deadlineMs'], 99],
    ['federation.targetAccuracy', ['federation', 'targetAccuracy'], 95],
    ['federation.seed', ['federation', 'seed'], 2 ** 53],
    ['privacy.mode', ['privacy', 'mode'], 'secret'],
  ])('is refused with a wrong value, naming the field %s', (field, path, value) => {
    const error = refusal(changed(path, value));
    expect(error.code).toBe('bad-request');
    expect(error.message).toContain(`field "${field}"`);
  });

  it('is refused where any field is missing or of another type, naming it', () => {
    for (const path of paths(task)) {
      if (path[0] === 'labels' && path.length > 1) continue;
      if (path[1] === 'hidden' && path.length > 2) continue;
      const field = path.join('.');
      expect(refusal(changed(path, undefined)).message).toContain(`field "${field}`);
      expect(refusal(changed(path, () => {})).message).toContain(`field "${field}`);
    }
  });

  it('is refused with a field that nobody knows, at any depth', () => {
    for (const parent of [[], ['head'], ['federation'], ['federation', 'rule'], ['privacy']]) {
      const { message } = refusal(changed([...parent, 'learnigRate'], 1));
      expect(message).toContain(`unknown field "${[...parent, 'learnigRate'].join('.')}"`);
    }
  });
});

describe('the canonical form', () => {
  it('is the one of the examples of RFC 8785', () => {
    const text = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,
      0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals":[null,true,false]}`;
    expect(canonicalJson(JSON.parse(text))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts names by UTF-16 code units, as the RFC does', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
    expect(text).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
  });

  it('means what was written, and does not depend on the order of members', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      const members = Object.entries(value).map(([name, member]) => [name, shuffled(member)]);
      return Object.fromEntries(members.toReversed());
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(shuffled(value))).toBe(text);
      }),
    );
  });
});

describe('the hash of a task', () => {
  it('is the SHA-256 of the canonical form, written by hand', () => {
    const { head, federation } = task;
    const written: Task = {
      ...task,
      head: { ...head, logitScale: 3 },
      federation: { ...federation, rule: { kind: 'sign-vote', serverStep: 0.01 } },
    };
    expect(taskHash(written)).toBe(
      '7996192a165206aa8dc0deb07d492b89bb530138d0bb2beee7e84fd9f843601e',
    );
    const aimed = { ...written, federation: { ...written.federation, targetAccuracy: 0.95 } };
    expect(taskHash(aimed)).toBe(
      '2b9ff64716f52d9bdc801db98fdb92265260b1a0df3d47943113c14e445d975a',
    );
  });

  it('does not change with the order of fields, nor with a field that is undefined', () => {
    const reversed = Object.fromEntries(Object.entries(task).toReversed()) as Task;
    expect(taskHash(reversed)).toBe(taskHash(task));
    const { federation } = task;
    const blank = { ...task, federation: { ...federation, targetAccuracy: undefined } } as Task;
    expect(taskHash(blank)).toBe(taskHash(task));
    expect(taskHash(JSON.parse(JSON.stringify(task)))).toBe(taskHash(task));
  });

  it('changes with every setting', () => {
    const hashes = new Set([taskHash(task)]);
    for (const path of paths(task)) hashes.add(taskHash(changed(path, 'x') as Task));
    expect(hashes.size).toBe(1 + paths(task).length);
  });
});
