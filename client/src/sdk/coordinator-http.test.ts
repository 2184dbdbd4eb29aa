import { FederationError, mnistTask, sha256Hex, taskHash } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { CoordinatorHttp } from './coordinator-http.js';
import { Traffic } from './events.js';

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 },
  federation: { rounds: 10, goal: 2 },
});
const description = {
  task,
  hash: taskHash(task),
  initialModel: '1'.repeat(64),
  phase: 'OPEN',
  latest: { round: 3, model: '2'.repeat(64), accuracy: null },
  ready: 2,
};

interface Call {
  readonly path: string;
  readonly init: RequestInit;
}

/** A client whose network gives these answers, one after another. */
function httpWith(...answers: (Response | Error)[]) {
  const calls: Call[] = [];
  const http = new CoordinatorHttp({
    base: 'http://fake:1',
    traffic: new Traffic(),
    signal: new AbortController().signal,
    fetch: async (input, init = {}) => {
      calls.push({ path: String(input).replace('http://fake:1', ''), init });
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer ?? new Error('one request too many');
    },
  });
  return { http, calls };
}

describe('CoordinatorHttp', () => {
  it('reads a task, and all tasks', async () => {
    const { http, calls } = httpWith(
      Response.json(description),
      Response.json({ tasks: [description] }),
    );
    expect(await http.task('mnist')).toEqual(description);
    expect(await http.tasks()).toEqual([description]);
    expect(calls.map(({ path }) => path)).toEqual(['/v1/tasks/mnist', '/v1/tasks']);
  });

  it('refuses a task document that does not have the announced hash', async () => {
    const { http } = httpWith(Response.json({ ...description, hash: '3'.repeat(64) }));
    await expect(http.task('mnist')).rejects.toMatchObject({ code: 'protocol-version' });
  });

  it('names the field where a task document is of another version', async () => {
    const { http } = httpWith(Response.json({ ...description, task: { ...task, schema: 2 } }));
    await expect(http.task('mnist')).rejects.toMatchObject({
      code: 'protocol-version',
      message: expect.stringContaining('"schema"'),
    });
  });

  it('names the answer where something else than a coordinator answers', async () => {
    const { http } = httpWith(new Response('<html>'), Response.json({ hello: 'world' }));
    await expect(http.tasks()).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('answer to GET /v1/tasks'),
    });
    await expect(http.tasks()).rejects.toMatchObject({
      message: expect.stringContaining('"tasks"'),
    });
  });

  it('fetches a damaged file once more, past caches', async () => {
    const good = new Uint8Array([1, 2, 3]);
    const { http, calls } = httpWith(new Response('damaged'), new Response(good));
    expect(await http.file(sha256Hex(good))).toEqual(good);
    expect(calls.map(({ init }) => init.cache)).toEqual([undefined, 'reload']);
  });

  it('fails with file-corrupt when a file is damaged again', async () => {
    const { http } = httpWith(new Response('damaged'), new Response('damaged'));
    await expect(http.file('4'.repeat(64))).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('sends an update with its token, base and digest', async () => {
    const header = { round: 4, base: '5'.repeat(64), digest: '6'.repeat(64) };
    const receipt = { sequence: 9, digest: header.digest };
    const { http, calls } = httpWith(Response.json(receipt));
    const frame = new Uint8Array(90);
    expect(await http.putUpdate('mnist', 'secret', header, frame)).toEqual(receipt);
    expect(calls).toMatchObject([
      {
        path: '/v1/tasks/mnist/rounds/4/updates',
        init: {
          method: 'PUT',
          body: frame,
          headers: {
            authorization: 'Bearer secret',
            'fedhybnn-base': header.base,
            'fedhybnn-digest': header.digest,
          },
        },
      },
    ]);
    expect(http.traffic.sent).toBe(90);
  });

  it('keeps the cause of a failed request', async () => {
    const cause = new TypeError('fetch failed');
    const { http } = httpWith(cause);
    const error = await http.tasks().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FederationError);
    expect(error).toMatchObject({ code: 'coordinator-unreachable', cause });
  });
});
