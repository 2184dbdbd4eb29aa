import { FRAME_OVERHEAD, type RuleSettings } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoordinatorHttp } from './coordinator-http.js';
import { Traffic } from './events.js';
import { ModelSync } from './model-sync.js';
import { playFederation } from './test-fixture/played-federation.js';

/** A played federation, and a coordinator that serves it: tests may spoil its files. */
function servedFederation(rounds: number, kind?: RuleSettings['kind']) {
  const played = playFederation(rounds, kind);
  const { task, hash, files, published } = played;
  const requests: string[] = [];
  const network = { down: false };
  const serve = async (input: URL | RequestInfo): Promise<Response> => {
    if (network.down) throw new TypeError('fetch failed');
    const url = new URL(String(input));
    requests.push(url.pathname);
    if (url.pathname.endsWith('/rounds')) {
      const after = Number(url.searchParams.get('after'));
      return Response.json({ rounds: published.filter(({ round }) => round > after) });
    }
    const file = files.get(url.pathname.slice('/v1/files/'.length));
    return file
      ? new Response(file as Uint8Array<ArrayBuffer>)
      : Response.json({ code: 'unknown-file', message: 'not here' }, { status: 404 });
  };
  const traffic = new Traffic();
  const { signal } = new AbortController();
  const http = new CoordinatorHttp({ base: 'http://fake', traffic, signal, fetch: serve });
  const sync = () => new ModelSync(task, hash, http);
  return { ...played, network, requests, traffic, sync };
}

const federation = servedFederation(30);
const stepBytes = FRAME_OVERHEAD + federation.parameters / 8;
const snapshotBytes = FRAME_OVERHEAD + 2 * federation.parameters;

describe('ModelSync', () => {
  it('starts from the model that the task determines, without asking anybody', () => {
    expect(federation.sync().held.sha256).toBe(federation.models[0].sha256);
  });

  it('reaches any announced model from any other', async () => {
    const round = fc.integer({ min: 0, max: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (stops) => {
        const sync = federation.sync();
        for (const stop of stops) {
          const held = await sync.catchUp(federation.models[stop]);
          expect(held).toMatchObject(federation.models[stop]);
          expect(held.model.round).toBe(stop);
          expect(sync.held).toBe(held);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('takes steps where they are fewer bytes, else the snapshot', async () => {
    const cost = async (from: number, to: number) => {
      const sync = federation.sync();
      await sync.catchUp(federation.models[from]);
      for (const published of federation.published) sync.hear(published);
      const before = federation.traffic.models;
      await sync.catchUp(federation.models[to]);
      return federation.traffic.models - before;
    };
    expect(await cost(0, 1)).toBe(stepBytes);
    const worthwhile = Math.floor(snapshotBytes / stepBytes);
    expect(await cost(2, 2 + worthwhile)).toBe(worthwhile * stepBytes);
    expect(await cost(2, 3 + worthwhile)).toBe(snapshotBytes);
    expect(await cost(9, 8)).toBe(snapshotBytes);
    expect(await cost(8, 8)).toBe(0);
  });

  it('does not ask for what it has heard', async () => {
    const sync = federation.sync();
    for (const published of federation.published.slice(0, 3)) sync.hear(published);
    federation.requests.length = 0;
    await sync.catchUp(federation.models[3]);
    expect(federation.requests.filter((path) => path.endsWith('/rounds'))).toEqual([]);
  });

  it('follows fedavg, where a step is as large as a snapshot', async () => {
    const fedavg = servedFederation(3, 'fedavg');
    const sync = fedavg.sync();
    for (const target of fedavg.models) {
      expect(await sync.catchUp(target)).toMatchObject(target);
    }
  });

  it('follows entropy-coded steps by what they really take', async () => {
    const flipVote = servedFederation(3, 'flip-vote');
    const sync = flipVote.sync();
    for (const published of flipVote.published) sync.hear(published);
    expect(await sync.catchUp(flipVote.models[1])).toMatchObject(flipVote.models[1]);
    expect(flipVote.requests).toEqual([`/v1/files/${flipVote.published[0].step}`]);
  });

  it('takes the snapshot where a step is damaged, missing or leads elsewhere', async () => {
    const spoilers: ((played: ReturnType<typeof servedFederation>) => void)[] = [
      ({ files, published }) => files.set(published[1].step, new Uint8Array(88)),
      ({ files, published }) => files.delete(published[1].step),
      ({ published }) => published.splice(1, 1, { ...published[1], step: published[0].step }),
      ({ published }) => published.splice(1, 1, { ...published[1], model: published[0].model }),
      ({ published }) => published.splice(1, 1),
    ];
    for (const spoil of spoilers) {
      const played = servedFederation(3);
      spoil(played);
      const target = played.models[3];
      expect(await played.sync().catchUp(target)).toMatchObject(target);
      expect(played.requests).toContain(`/v1/files/${target.sha256}`);
    }
  });

  it('takes the snapshot where the coordinator has forgotten old rounds, then goes on by steps', async () => {
    const played = servedFederation(6);
    // It keeps the last two rounds, and the snapshot before them.
    for (const { step } of played.published.slice(0, 4)) played.files.delete(step);
    for (const { model } of played.published.slice(0, 3)) played.files.delete(model);
    const sync = played.sync();
    expect(await sync.catchUp(played.models[5])).toMatchObject(played.models[5]);
    expect(played.traffic.models).toBe(snapshotBytes);
    expect(await sync.catchUp(played.models[6])).toMatchObject(played.models[6]);
    expect(played.traffic.models).toBe(snapshotBytes + stepBytes);
  });

  it('fails with file-corrupt where the snapshot is not what was announced either', async () => {
    const damaged = servedFederation(20);
    const target = damaged.models[20];
    damaged.files.set(target.sha256, new Uint8Array(88));
    const sync = damaged.sync();
    await expect(sync.catchUp(target)).rejects.toMatchObject({ code: 'file-corrupt' });
    // The model held is still a good one.
    expect(sync.held).toMatchObject(damaged.models[0]);
    expect(damaged.requests.filter((path) => path.endsWith(target.sha256))).toHaveLength(2);
    const misnamed = { round: 19, sha256: damaged.models[18].sha256 };
    await expect(damaged.sync().catchUp(misnamed)).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('leaves errors of the network to the caller, and goes on where it was', async () => {
    const played = servedFederation(3);
    const sync = played.sync();
    await sync.catchUp(played.models[2]);
    played.network.down = true;
    await expect(sync.catchUp(played.models[3])).rejects.toMatchObject({
      code: 'coordinator-unreachable',
    });
    expect(sync.held).toMatchObject(played.models[2]);
    played.network.down = false;
    expect(await sync.catchUp(played.models[3])).toMatchObject(played.models[3]);
  });
});
