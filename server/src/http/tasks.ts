/** Routes about tasks: what there is, how it stands, how to join, large updates. */
import { randomBytes } from 'node:crypto';
import {
  FederationError,
  type JoinReply,
  type JoinRequest,
  joinRequestSchema,
  LIMITS,
  PROTOCOL_VERSION,
  parameterCount,
  parse,
  ruleFor,
  type TaskReply,
  updateFrameBytes,
  updateHeaderSchema,
} from '@fedhybnn/shared';
import express, { type Request, Router } from 'express';
import type { Coordinator } from '../coordinator/coordinator.js';
import type { Federation } from '../coordinator/federation.js';
import type { Tokens } from '../security/tokens.js';
import { contentHash } from '../store/content-hash.js';

export function taskRoutes(coordinator: Coordinator, tokens: Tokens): Router {
  const router = Router();
  const json = express.json({ limit: LIMITS.jsonBody });

  router.get('/tasks', (_request, response) => {
    response.json({ tasks: coordinator.list().map((federation) => describe(federation)) });
  });

  router.get('/tasks/:id', (request, response) => {
    response.json(describe(coordinator.federation(request.params.id)));
  });

  router.get('/tasks/:id/rounds', async (request, response) => {
    const { task } = coordinator.federation(request.params.id);
    const after = wholeNumber(request.query.after ?? '0', 'after');
    const entries = await coordinator.store.journal(task.id, after, LIMITS.roundsPage);
    response.json({
      rounds: entries.map(({ tally: _tally, chain: _chain, ...published }) => published),
    });
  });

  router.post('/join', json, async (request, response) => {
    const body = parse(joinRequestSchema, request.body, 'POST /v1/join');
    if (body.protocol !== PROTOCOL_VERSION) throw wrongVersion(body.protocol);
    const { task } = coordinator.federation(body.task);
    const client = await clientOf(body, task.id);
    const reply: JoinReply = {
      client,
      token: await tokens.issue({ task: task.id, client }),
      expiresIn: tokens.lifetimeSeconds,
    };
    response.json(reply);
  });

  router.put('/tasks/:id/rounds/:round/updates', async (request, response, next) => {
    const federation = coordinator.federation(request.params.id);
    const claims = await tokens.verify(bearer(request));
    if (claims.task !== federation.task.id) {
      throw new FederationError('token-invalid', 'the token is for another task; join this one');
    }
    // The limit is the task's own: nothing larger is read from the socket.
    const { task } = federation;
    const limit = updateFrameBytes(ruleFor(task.federation.rule), parameterCount(task));
    express.raw({ type: () => true, limit })(request, response, (error?: unknown) => {
      if (error !== undefined) return next(error);
      if (!Buffer.isBuffer(request.body)) {
        return next(
          new FederationError('frame-truncated', 'update: the body is empty; send the frame'),
        );
      }
      const body = request.body;
      // Parsed here, so that a wrong header is an answer and not an unhandled rejection.
      Promise.resolve()
        .then(() => {
          const header = parse(
            updateHeaderSchema,
            {
              round: wholeNumber(request.params.round, 'round'),
              base: request.get('fedhybnn-base'),
              digest: request.get('fedhybnn-digest'),
            },
            'update headers',
          );
          return federation.submit(claims.client, header, new Uint8Array(body));
        })
        .then((receipt) => response.json(receipt), next);
    });
  });

  async function clientOf(
    body: Pick<JoinRequest, 'resume' | 'client' | 'key'>,
    task: string,
  ): Promise<string> {
    if (body.resume !== undefined) {
      const claims = await tokens.verify(body.resume, true);
      if (claims.task !== task) {
        throw new FederationError('token-invalid', 'field "resume": the token is for another task');
      }
      await coordinator.store.addClient(task, claims.client, null);
      return claims.client;
    }
    const client = body.client ?? `c-${randomBytes(9).toString('base64url').replace(/[_-]/g, 'x')}`;
    const key = body.key === undefined ? null : contentHash(Buffer.from(body.key));
    if (await coordinator.store.addClient(task, client, key)) return client;
    throw new FederationError(
      'client-taken',
      `field "client": ${client} has joined already; join with its saved token in "resume", or under another name`,
    );
  }

  return router;
}

function describe(federation: Federation): TaskReply & { task: unknown } {
  return {
    task: federation.task,
    hash: federation.hash,
    initialModel: federation.initialModel,
    phase: federation.phase,
    latest: federation.latest,
    ready: federation.readyClients,
  };
}

export function wrongVersion(version: number): FederationError {
  return new FederationError(
    'protocol-version',
    `field "protocol" is ${version}, but this coordinator speaks ${PROTOCOL_VERSION}; update the ${version < PROTOCOL_VERSION ? 'client' : 'coordinator'}`,
  );
}

function bearer(request: Request): string | undefined {
  return /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1];
}

function wholeNumber(value: unknown, field: string): number {
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw new FederationError('bad-request', `field "${field}" must be a whole number from 0`);
}
