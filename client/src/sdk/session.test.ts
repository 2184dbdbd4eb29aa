import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BitMatrix,
  type ClientEvents,
  type ErrorCode,
  FEDERATION_NAMESPACE,
  type JoinRequest,
  type LocalUpdate,
  type Receipt,
  type Reply,
  type ServerEvents,
  type UpdateHeader,
} from '@fedhybnn/shared';
import { Server, type Socket } from 'socket.io';
import { afterEach, describe, expect, it } from 'vitest';
import type { Trainer, TrainingRequest } from '../worker/trainer.js';
import { MemoryStorage } from './client-storage.js';
import type { SessionEvent } from './events.js';
import { type JoinOptions, joinFederation } from './join.js';
import { playFederation } from './test-fixture/played-federation.js';

type ClientSocket = Socket<ClientEvents, ServerEvents>;
const played = playFederation(3);
const error = (code: ErrorCode): Reply<never> => ({ error: { code, message: `because ${code}` } });

/** A coordinator that does what the test says; by default everything goes well. */
class ScriptedGateway {
  readonly joins: JoinRequest[] = [];
  readonly updates: UpdateHeader[] = [];
  readonly receipts = new Map<string, Receipt>();
  leaves = 0;
  connections = 0;
  phase = 'WAITING';
  handshake: (token: string) => ErrorCode | undefined = () => undefined;
  onReady: (socket: ClientSocket) => Reply<{ round: number }> = () => ({ ok: { round: 0 } });
  onUpdate: (header: UpdateHeader, socket: ClientSocket) => Reply<Receipt> | 'no answer' = (
    header,
  ) => ({ ok: this.receipt(header) });
  private readonly io: Server<ClientEvents, ServerEvents>;

  private constructor(private readonly http: HttpServer) {
    this.io = new Server(http, { serveClient: false });
    const namespace = this.io.of(FEDERATION_NAMESPACE);
    namespace.use((socket, next) => {
      const code = this.handshake(socket.handshake.auth.token);
      if (code === undefined) return next();
      next(Object.assign(new Error(code), { data: { code, message: `because ${code}` } }));
    });
    namespace.on('connection', (socket) => {
      this.connections++;
      socket.on('ready', (_message, reply) => reply(this.onReady(socket)));
      socket.on('leave', (_message, reply) => {
        this.leaves++;
        reply({ ok: {} });
      });
      socket.on('update', (header, _frame, reply) => {
        this.updates.push(header);
        const answer = this.onUpdate(header, socket);
        if (answer !== 'no answer') reply(answer);
      });
    });
  }

  static async start(): Promise<ScriptedGateway> {
    const http = createServer(async (request, response) => {
      const body: Buffer[] = [];
      for await (const piece of request) body.push(piece);
      const answer = gateway.answer(request.url ?? '', Buffer.concat(body).toString());
      response.end(answer instanceof Uint8Array ? answer : JSON.stringify(answer));
    });
    const gateway = new ScriptedGateway(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.io.close();
    this.http.closeAllConnections();
  }

  /** Opens round `round` for everybody. */
  open(round: number): void {
    this.io.of(FEDERATION_NAMESPACE).emit('round:open', invitation(round));
  }

  closed(round: number): void {
    const message = { ...played.published[round - 1], task: 'mnist' };
    this.io.of(FEDERATION_NAMESPACE).emit('round:closed', message);
  }

  emit<E extends keyof ServerEvents>(event: E, ...message: Parameters<ServerEvents[E]>): void {
    this.io.of(FEDERATION_NAMESPACE).emit(event, ...message);
  }

  /** Drops all sockets. */
  cut(): void {
    this.io.of(FEDERATION_NAMESPACE).disconnectSockets(true);
  }

  receipt({ digest }: UpdateHeader): Receipt {
    const receipt = this.receipts.get(digest) ?? { sequence: this.receipts.size + 1, digest };
    this.receipts.set(digest, receipt);
    return receipt;
  }

  private answer(path: string, body: string): unknown {
    if (path === '/v1/join') {
      this.joins.push(JSON.parse(body));
      return { client: 'c', token: `token-${this.joins.length}`, expiresIn: 3600 };
    }
    const file = played.files.get(path.slice('/v1/files/'.length));
    if (file) return file;
    const { task, hash, models, published } = played;
    if (path.includes('/rounds')) return { rounds: published };
    const latest = { round: 0, model: models[0].sha256, accuracy: null };
    const { phase } = this;
    return { task, hash, initialModel: models[0].sha256, phase, latest, ready: 0 };
  }
}

function invitation(round: number) {
  const base = played.models[round - 1].sha256;
  return { round, base, task: 'mnist', deadlineMs: 60_000, seed: '0'.repeat(32) };
}

/** Trains when the test lets it. */
class ScriptedTrainer implements Trainer {
  readonly requests: TrainingRequest[] = [];
  readonly results: ((update: LocalUpdate) => void)[] = [];
  automatic = true;

  async prepare() {
    return {
      train: (request: TrainingRequest) => {
        this.requests.push(request);
        return new Promise<LocalUpdate>((resolve) => {
          this.results.push(resolve);
          if (this.automatic) this.finish();
        });
      },
    };
  }

  finish(): void {
    const payload = new Uint8Array(played.parameters / 8).fill(this.requests.length);
    this.results.shift()?.({ payload, loss: 1, samples: 4 });
  }

  /** Resolves when training was asked for `count` times. */
  async asked(count: number): Promise<void> {
    await expect.poll(() => this.requests.length).toBe(count);
  }

  async close(): Promise<void> {}
}

const gateways: ScriptedGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

/** A gateway, and a session joined to it that records its events. */
async function scene(options: Partial<JoinOptions> = {}, prepare = (_g: ScriptedGateway) => {}) {
  const gateway = await ScriptedGateway.start();
  gateways.push(gateway);
  prepare(gateway);
  const trainer = new ScriptedTrainer();
  const events: SessionEvent[] = [];
  const listeners = new Set<() => void>();
  const bits = BitMatrix.create(4, 64);
  const session = await joinFederation({
    url: `${gateway.url}/mnist`,
    data: { kind: 'bits', data: { bits, labels: new Int32Array(4) } },
    trainer,
    onEvent: (event) => {
      events.push(event);
      for (const listener of listeners) listener();
    },
    ...options,
  });
  /** Resolves when there have been `count` events of this type. */
  const heard = <T extends SessionEvent['type']>(type: T, count = 1) =>
    new Promise<SessionEvent & { type: T }>((resolve) => {
      const look = () => {
        const found = events.filter((event) => event.type === type);
        if (found.length >= count) resolve(found[count - 1] as SessionEvent & { type: T });
      };
      listeners.add(look);
      look();
    });
  const count = (type: SessionEvent['type']) => events.filter((e) => e.type === type).length;
  return { gateway, trainer, session, events, heard, count };
}

describe('a session', () => {
  it('trains when a round opens, and tells what happens', async () => {
    const { gateway, session, events, heard, trainer } = await scene();
    await heard('online');
    gateway.open(1);
    expect(await heard('accepted')).toEqual({ type: 'accepted', round: 1, receipt: 1, bytes: 600 });
    gateway.closed(1);
    await heard('published');
    await session.stop();
    expect(trainer.requests).toMatchObject([{ round: 1, client: 'c', roundSeed: '0'.repeat(32) }]);
    expect(await session.finished).toMatchObject({ why: 'stopped', contributed: 1, client: 'c' });
    expect(gateway.leaves).toBe(1);
    const types = events.map(({ type }) => type).filter((type) => type !== 'waiting');
    expect(types).toEqual([
      'joined',
      'online',
      'round',
      'uploading',
      'accepted',
      'published',
      'ended',
    ]);
  });

  it('sends an update again whose answer was lost, and counts its one receipt once', async () => {
    const { gateway, session, heard, count } = await scene();
    gateway.onUpdate = (header, socket) => {
      gateway.receipt(header);
      gateway.onUpdate = (again) => ({ ok: gateway.receipt(again) });
      socket.disconnect(true);
      return 'no answer';
    };
    await heard('online');
    gateway.open(1);
    expect(await heard('accepted')).toMatchObject({ receipt: 1 });
    await session.stop();
    expect(count('offline')).toBe(1);
    expect(gateway.updates).toHaveLength(2);
    expect(gateway.updates[1]).toEqual(gateway.updates[0]);
    expect(await session.finished).toMatchObject({ contributed: 1 });
  });

  it('sends nothing for a round that closed while it trained, and plays the next', async () => {
    const { gateway, session, heard, trainer } = await scene();
    trainer.automatic = false;
    await heard('online');
    gateway.open(1);
    await trainer.asked(1);
    gateway.closed(1);
    gateway.open(2);
    expect(await heard('refused')).toMatchObject({ round: 1, code: 'round-closed' });
    await trainer.asked(2);
    expect(trainer.requests[0].signal?.aborted).toBe(true);
    expect(trainer.requests[1].global.round).toBe(1);
    trainer.finish();
    trainer.finish();
    expect(await heard('accepted')).toMatchObject({ round: 2 });
    expect(gateway.updates.map(({ round }) => round)).toEqual([2]);
    await session.stop();
  });

  it('keeps a refused update for its round to open again, and does not train twice', async () => {
    const { gateway, session, heard, trainer } = await scene();
    gateway.onUpdate = () => error('round-closed');
    await heard('online');
    gateway.open(1);
    expect(await heard('refused')).toMatchObject({ round: 1, code: 'round-closed' });
    gateway.onUpdate = (header) => ({ ok: gateway.receipt(header) });
    gateway.open(1);
    expect(await heard('accepted')).toMatchObject({ round: 1 });
    expect(trainer.requests).toHaveLength(1);
    await session.stop();
  });

  it('takes a repeated invitation for what it is', async () => {
    const { gateway, session, heard, trainer } = await scene();
    trainer.automatic = false;
    await heard('online');
    gateway.open(1);
    await trainer.asked(1);
    gateway.open(1);
    gateway.open(1);
    trainer.finish();
    await heard('accepted');
    gateway.open(1);
    gateway.open(2);
    await trainer.asked(2);
    trainer.finish();
    expect(await heard('accepted', 2)).toMatchObject({ round: 2 });
    expect(trainer.requests.map(({ round }) => round)).toEqual([1, 2]);
    await session.stop();
  });

  it('trains on while it is offline, and sends when it is back', async () => {
    const { gateway, session, heard, trainer } = await scene();
    trainer.automatic = false;
    gateway.onReady = (socket) => {
      gateway.onReady = () => ({ ok: { round: 0 } });
      socket.emit('round:open', invitation(1));
      return { ok: { round: 0 } };
    };
    await trainer.asked(1);
    gateway.emit('come-back', { afterMs: 1 });
    gateway.cut();
    await heard('offline');
    trainer.finish();
    expect(await heard('accepted')).toMatchObject({ round: 1 });
    expect(gateway.connections).toBe(2);
    await session.stop();
  });

  it('stays away as long as it was told, unless a round was opened for it since', async () => {
    const told = await scene();
    await told.heard('online');
    told.gateway.emit('come-back', { afterMs: 600_000 });
    told.gateway.cut();
    const { retryInMs } = (await told.heard('offline')) as { retryInMs: number };
    expect(retryInMs).toBeGreaterThan(500_000);
    await told.session.stop();
    const wanted = await scene();
    await wanted.heard('online');
    wanted.gateway.emit('come-back', { afterMs: 600_000 });
    wanted.gateway.open(1);
    await wanted.heard('accepted');
    wanted.gateway.cut();
    expect(((await wanted.heard('offline')) as { retryInMs: number }).retryInMs).toBeLessThan(1000);
    await wanted.session.stop();
  });

  it('tells how many clients the next round waits for', async () => {
    const { gateway, session, heard } = await scene();
    await heard('online');
    gateway.emit('round:gathering', { ready: 1, needed: 3 });
    expect(await heard('gathering')).toEqual({ type: 'gathering', ready: 1, needed: 3 });
    await session.stop();
  });

  it('gives up a connection whose network is gone, and sends on the next', async () => {
    const { gateway, session, heard } = await scene();
    await heard('online');
    gateway.onUpdate = () => 'no answer';
    gateway.open(1);
    await expect.poll(() => gateway.updates.length).toBe(1);
    gateway.onUpdate = (header) => ({ ok: gateway.receipt(header) });
    session.reconnect();
    expect(await heard('offline')).toMatchObject({ error: { code: 'coordinator-unreachable' } });
    expect(await heard('accepted')).toMatchObject({ round: 1 });
    expect(gateway.connections).toBe(2);
    await session.stop();
  });

  it('tries at once, and with short waits again, when it is told to hurry', async () => {
    const { gateway, session, events, heard } = await scene();
    await heard('online');
    gateway.handshake = () => 'coordinator-busy';
    gateway.cut();
    // Each wait is at least half its ceiling: 250, 500, 1000 ms.
    const patient = await heard('offline', 3);
    session.hurry();
    const hurried = await heard('offline', 4);
    expect([patient, hurried].map((e) => 'retryInMs' in e && e.retryInMs > 500)).toEqual([
      true,
      false,
    ]);
    gateway.handshake = () => undefined;
    gateway.onReady = () => ({ ok: { round: 2 } });
    session.hurry();
    // What was missed meanwhile.
    expect(await heard('online', 2)).toEqual({ type: 'online', round: 2 });
    expect(events.filter(({ type }) => type === 'offline')).toHaveLength(4);
    await session.stop();
  });

  it('first resends what an earlier session left in the storage', async () => {
    const storage = new MemoryStorage();
    const header = { round: 1, base: played.models[0].sha256, digest: 'a'.repeat(64) };
    await storage.save({
      taskHash: played.hash,
      client: 'earlier',
      token: 'old',
      expiresAt: Number.MAX_SAFE_INTEGER,
      pending: { header, frame: new Uint8Array(600) },
    });
    const { gateway, session, heard, trainer } = await scene({ storage });
    expect(await heard('accepted')).toMatchObject({ round: 1, receipt: 1 });
    expect(gateway.updates).toEqual([header]);
    expect(gateway.joins).toEqual([]);
    expect(trainer.requests).toEqual([]);
    await session.stop();
    expect(await storage.load()).not.toHaveProperty('pending');
  });

  it('keeps an update that is under way when it is stopped', async () => {
    const storage = new MemoryStorage();
    const { gateway, session, heard } = await scene({ storage });
    gateway.onUpdate = () => 'no answer';
    await heard('online');
    gateway.open(1);
    await heard('uploading');
    await expect.poll(() => gateway.updates.length).toBe(1);
    await session.stop();
    expect(await session.finished).toMatchObject({ why: 'stopped', contributed: 0 });
    expect((await storage.load())?.pending?.header).toEqual(gateway.updates[0]);
  });

  it('stops by its signal, with a goodbye', async () => {
    const controller = new AbortController();
    const { gateway, session, heard } = await scene({ signal: controller.signal });
    await heard('online');
    controller.abort();
    expect(await session.finished).toMatchObject({ why: 'stopped' });
    expect(gateway.leaves).toBe(1);
  });

  it('joins again with its token when that has expired', async () => {
    const { gateway, session, heard } = await scene({}, (g) => {
      g.handshake = (token) => (token === 'token-1' ? 'token-expired' : undefined);
    });
    await heard('online');
    expect(gateway.joins[1]).toEqual({ protocol: 1, task: 'mnist', resume: 'token-1' });
    await session.stop();
  });

  it.each(['token-invalid', 'protocol-version', 'unknown-task'] as const)(
    'ends with %s where no new token helps',
    async (code) => {
      const { session, heard } = await scene({}, (g) => {
        g.handshake = () => code;
      });
      await expect(session.finished).rejects.toMatchObject({ code });
      expect(await heard('ended')).toMatchObject({ why: 'failed', error: { code } });
    },
  );

  it('ends when a message of the coordinator makes no sense, naming the field', async () => {
    const { gateway, session, heard } = await scene();
    await heard('online');
    gateway.emit('round:open', { ...invitation(1), base: 'not a hash' });
    await expect(session.finished).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('round:open of the coordinator: field "base"'),
    });
  });

  it('ends when its updates are refused again and again for no reason of time', async () => {
    const { gateway, session, heard, count } = await scene();
    gateway.onUpdate = () => error('wrong-base');
    await heard('online');
    for (const round of [1, 2, 3]) {
      gateway.open(round);
      await heard('refused', round);
      gateway.closed(round);
    }
    await expect(session.finished).rejects.toMatchObject({ code: 'wrong-base' });
    expect(count('refused')).toBe(3);
  });

  it('ends with the federation, whether it is told or finds out', async () => {
    const told = await scene();
    await told.heard('online');
    told.gateway.emit('federation:ended', { task: 'mnist', reason: 'all rounds played' });
    expect(await told.session.finished).toMatchObject({ why: 'federation-ended' });
    const late = await scene({}, (g) => {
      g.onReady = () => error('federation-ended');
    });
    expect(await late.session.finished).toMatchObject({ why: 'federation-ended' });
  });

  it('still learns whether its last update counted', async () => {
    const { gateway, session, heard } = await scene();
    gateway.onUpdate = (header, socket) => {
      gateway.receipt(header);
      gateway.onReady = () => error('federation-ended');
      gateway.onUpdate = (again) => ({ ok: gateway.receipt(again) });
      gateway.emit('federation:ended', { task: 'mnist', reason: 'all rounds played' });
      socket.disconnect(true);
      return 'no answer';
    };
    await heard('online');
    gateway.open(1);
    expect(await session.finished).toMatchObject({ why: 'federation-ended', contributed: 1 });
  });
});

describe('joinFederation', () => {
  it('refuses a federation that has ended, and data that do not fit', async () => {
    const end = scene({}, (g) => {
      g.phase = 'ENDED';
    });
    await expect(end).rejects.toMatchObject({ code: 'federation-ended' });
    const bits = BitMatrix.create(4, 65);
    const wrong = scene({ data: { kind: 'bits', data: { bits, labels: new Int32Array(4) } } });
    await expect(wrong).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('65 latent bits'),
    });
  });

  it('gives up on a coordinator that is not there, after the time it was given', async () => {
    const gateway = await ScriptedGateway.start();
    const { url } = gateway;
    await gateway.close();
    const join = scene({ url, firstContactMs: 0 });
    await expect(join).rejects.toMatchObject({ code: 'coordinator-unreachable' });
  });

  it('is interrupted by its signal while it waits', async () => {
    const gateway = await ScriptedGateway.start();
    const { url } = gateway;
    await gateway.close();
    const controller = new AbortController();
    const join = scene({
      url,
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type === 'offline') controller.abort();
      },
    });
    await expect(join).rejects.toMatchObject({ code: 'interrupted' });
  });
});
