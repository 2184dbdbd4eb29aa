import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { openStore } from '../store/open-store.js';
import { type FaultShares, type FaultyProxy, faultyProxy } from '../testing/faulty-proxy.js';
import { rawConnection } from '../testing/raw-http.js';
import {
  join,
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

let data: string;
let running: RunningCoordinator;
let proxy: FaultyProxy | undefined;
let clients: VotingClient[] = [];

beforeEach(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-network-'));
  running = await startCoordinator({ data, port: 0 });
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await proxy?.close();
  proxy = undefined;
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

async function through(seed: number, faults: FaultShares): Promise<FaultyProxy> {
  proxy = await faultyProxy({ target: running.port, seed, faults });
  return proxy;
}

const NO_FAULTS: FaultShares = { cut: 0, halfOpen: 0, deaf: 0 };

describe('a federation over a bad network', () => {
  it.each([1, 2, 3])(
    'publishes all rounds, each update once, and verifies (seed %i)',
    async (seed) => {
      const task = tinyTask({ rounds: 6, goal: 5, ready: 5, deadlineMs: 700, gatherMs: 100 });
      await running.createTask(task, { extractor: tinyExtractor });
      const { url, faults } = await through(seed, { cut: 0.25, halfOpen: 0.1, deaf: 0.2 });
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      // Joining is not the matter here: the sockets are. Some of them connect at the third attempt.
      const connecting = ids.map(async (id) => {
        const { token } = await join(running.url, task, id);
        clients.push(await votingClient(url, task, id, { token, connectMs: 500 }));
      });
      await until(() => running.allEnded(), 'the end', 50_000);
      await Promise.all(connecting);
      expect(new Set(faults).size).toBeGreaterThan(2);
      const [report] = await verifyFolder(data);
      expect(report).toMatchObject({ rounds: 6, waiting: 0 });
      // A receipt is a promise: the update is stored, under its number, for good.
      const store = await openStore({ data });
      try {
        for (const { id, receipts } of clients) {
          for (const [round, receipt] of receipts) {
            expect(await store.findUpdate(task.id, round, id)).toMatchObject(receipt);
          }
        }
      } finally {
        await store.close();
      }
      expect(report.updates).toBeGreaterThanOrEqual(2 * 6);
    },
  );
});

describe('a client behind a connection that is half open', () => {
  it('does not hold a round beyond its deadline', async () => {
    const task = tinyTask({ goal: 4, ready: 4, minimum: 3, rounds: 2, deadlineMs: 1500 });
    await running.createTask(task, { extractor: tinyExtractor });
    const { url, stall } = await through(1, NO_FAULTS);
    const { token } = await join(running.url, task, 'half-open');
    const halfOpen = await votingClient(url, task, 'half-open', { token });
    clients.push(halfOpen);
    const ready = async () => (await (await fetch(`${running.url}/v1/tasks/tiny`)).json()).ready;
    await until(async () => (await ready()) === 1, 'the client to be ready');
    stall();
    const honest = ['a', 'b', 'c'].map((id) => votingClient(running.url, task, id));
    clients.push(...(await Promise.all(honest)));
    await until(() => running.allEnded(), 'the end');
    // Nobody has noticed: to both ends the connection looks well.
    expect(halfOpen.socket.connected).toBe(true);
    expect(halfOpen.receipts.size).toBe(0);
    const [report] = await verifyFolder(data);
    expect(report).toMatchObject({ rounds: 2, updates: 6 });
  });
});

describe('the faulty proxy', () => {
  const ask = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

  it('forwards everything, in order, where it has no faults', async () => {
    const { url } = await through(1, NO_FAULTS);
    const direct = await (await fetch(`${running.url}/v1/openapi.json`)).text();
    expect(direct.length).toBeGreaterThan(1000);
    expect(await (await fetch(`${url}/v1/openapi.json`)).text()).toBe(direct);
  });

  it('draws the same faults again from the same seed', async () => {
    const faultsOf = async (seed: number) => {
      const one = await faultyProxy({
        ...{ target: running.port, seed, delayMs: 0 },
        faults: { cut: 0.3, halfOpen: 0.3, deaf: 0.3 },
      });
      for (let i = 0; i < 20; i++) {
        const { socket } = await rawConnection(one.url);
        await until(() => one.faults.length === i + 1, 'the connection');
        socket.destroy();
      }
      await one.close();
      return one.faults;
    };
    const first = await faultsOf(5);
    expect(await faultsOf(5)).toEqual(first);
    expect(await faultsOf(6)).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set(['none', 'cut', 'half-open', 'deaf-up', 'deaf-down']));
  });

  it('answers nothing on a half-open connection, and cuts others in the middle', async () => {
    const silent = await through(1, { ...NO_FAULTS, halfOpen: 1 });
    const { socket, received } = await rawConnection(silent.url);
    socket.write(ask);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([received(), socket.destroyed]).toEqual(['', false]);
    socket.destroy();
    await silent.close();
    const cutting = await through(1, { ...NO_FAULTS, cut: 1 });
    const cut = await rawConnection(cutting.url);
    const closed = once(cut.socket, 'close');
    cut.socket.write(ask.replace('/healthz', '/v1/openapi.json'));
    await closed;
    expect(cut.received().length).toBeLessThan(5000);
  });
});
