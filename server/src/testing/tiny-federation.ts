/** For tests: a task so small that a round takes milliseconds, and clients that vote at random. */
import {
  type ClientEvents,
  deriveSeed,
  encodeExtractorFile,
  encodeUpdate,
  FEDERATION_NAMESPACE,
  initialModel,
  type JoinReply,
  mnistTask,
  PROTOCOL_VERSION,
  parameterCount,
  Random,
  type Receipt,
  type Reply,
  type RoundClosed,
  type RoundOpen,
  type RuleSettings,
  roundContext,
  ruleFor,
  type ServerEvents,
  sha256Hex,
  type Task,
  taskHash,
} from '@fedhybnn/shared';
import { io, type Socket } from 'socket.io-client';

export const tinyExtractor = encodeExtractorFile({
  header: {
    kind: 'pixels',
    name: 'tiny',
    bits: 64,
    input: { width: 8, height: 8, channels: 1 },
    command: 'made by a test',
    threshold: 128,
  },
});

export function tinyTask(
  federation: Partial<Task['federation']> = {},
  rule: RuleSettings['kind'] = 'sign-vote',
): Task {
  const task = mnistTask({
    id: 'tiny',
    extractor: { sha256: sha256Hex(tinyExtractor), kind: 'pixels', bits: 64 },
    hidden: [16],
    rule,
    federation: {
      rounds: 3,
      goal: 3,
      minimum: 2,
      ready: 3,
      gatherMs: 200,
      deadlineMs: 5000,
      ...federation,
    },
  });
  return { ...task, input: { kind: 'image', width: 8, height: 8, channels: 1 } };
}

export type ClientSocket = Socket<ServerEvents, ClientEvents>;

export interface VotingClient {
  readonly id: string;
  readonly token: string;
  readonly socket: ClientSocket;
  /** Receipts by round. */
  readonly receipts: Map<number, Receipt>;
  readonly errors: string[];
  readonly closed: RoundClosed[];
  /** Frames sent, by round. */
  readonly frames: Map<number, Uint8Array>;
}

export async function join(
  url: string,
  task: Task,
  client: string,
  more: Record<string, unknown> = {},
): Promise<JoinReply> {
  const reply = await fetch(`${url}/v1/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ protocol: PROTOCOL_VERSION, task: task.id, client, ...more }),
  });
  if (!reply.ok) throw new Error(JSON.stringify(await reply.json()));
  return (await reply.json()) as JoinReply;
}

/** @param connectMs how long an attempt may take before the next */
export function connect(
  url: string,
  token: string,
  protocol = PROTOCOL_VERSION,
  connectMs = 20_000,
): ClientSocket {
  return io(`${url}${FEDERATION_NAMESPACE}`, {
    auth: { token, protocol },
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 100,
    timeout: connectMs,
  });
}

/** A valid frame of random votes: the same for the same client and round. */
export function randomVotes(task: Task, client: string, open: Pick<RoundOpen, 'round' | 'base'>) {
  const rule = ruleFor(task.federation.rule);
  const parameters = parameterCount(task);
  const random = new Random(deriveSeed(1, client, open.round));
  const local = Float32Array.from({ length: parameters }, () => 2 * random.unit() - 1);
  const payload = rule.encode(
    local,
    initialModel(task),
    roundContext(task, open.round, parameters),
    deriveSeed(2, client),
  );
  return encodeUpdate({
    rule,
    taskHash: taskHash(task),
    baseHash: open.base,
    round: open.round,
    parameters,
    payload,
  });
}

export function upload(
  socket: ClientSocket,
  open: Pick<RoundOpen, 'round' | 'base'>,
  frame: Uint8Array,
  digest = sha256Hex(frame),
): Promise<Reply<Receipt>> {
  const header = { round: open.round, base: open.base, digest };
  return socket.timeout(10_000).emitWithAck('update', header, frame);
}

/** A client that joins, gets ready whenever it is connected, and answers every round. */
export async function votingClient(
  url: string,
  task: Task,
  id: string,
  options: {
    readonly answers?: boolean;
    readonly token?: string;
    /** See {@link connect}. */
    readonly connectMs?: number;
  } = {},
): Promise<VotingClient> {
  const token = options.token ?? (await join(url, task, id)).token;
  const socket = connect(url, token, PROTOCOL_VERSION, options.connectMs);
  const client: VotingClient = {
    id,
    token,
    socket,
    receipts: new Map(),
    errors: [],
    closed: [],
    frames: new Map(),
  };
  socket.on('connect', () => {
    socket.emit('ready', {}, () => {});
  });
  socket.on('round:closed', (message) => client.closed.push(message));
  socket.on('round:open', async (open) => {
    if (options.answers === false) return;
    const frame = randomVotes(task, id, open);
    client.frames.set(open.round, frame);
    const reply = await upload(socket, open, frame).catch((error: unknown) => ({
      error: { code: 'internal' as const, message: String(error) },
    }));
    if ('ok' in reply) client.receipts.set(open.round, reply.ok);
    else client.errors.push(`${open.round}: ${reply.error.code}`);
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return client;
}

/** Waits until a condition holds; fails loudly if it does not within some seconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
