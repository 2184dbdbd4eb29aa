/** `POST /v1/join`: the way into a task, for everybody or with a code. */
import { randomBytes } from 'node:crypto';
import {
  FederationError,
  type JoinReply,
  type JoinRequest,
  joinReplySchema,
  joinRequestSchema,
  PROTOCOL_VERSION,
} from '@fedhybnn/shared';
import type { Coordinator } from '../coordinator/coordinator.js';
import { limitKey } from '../security/address.js';
import { hashJoinCode } from '../security/join-codes.js';
import type { RateLimits } from '../security/limits.js';
import type { Tokens } from '../security/tokens.js';
import type { AdmissionOutcome, AdmissionRequest } from '../store/access-store.js';
import { contentHash } from '../store/content-hash.js';
import { GroupCommit } from '../store/group-commit.js';
import { banned } from './mount-routes.js';
import { publicRoute, type Route } from './route.js';

/** Clients of one transaction. */
const GROUP = 500;

export function joinRoute(coordinator: Coordinator, tokens: Tokens, limits: RateLimits): Route {
  const { access } = coordinator.store;
  /** A hall of people scans one code: those who come together are one commit. */
  const admissions = new GroupCommit<AdmissionRequest, AdmissionOutcome>(
    (requests) => access.admit(requests, Date.now()),
    { most: GROUP, size: () => 1 },
  );

  /** The client of an earlier token, whether or not the task still admits anybody. */
  async function returning(resume: string, task: string): Promise<string> {
    const claims = await tokens.verify(resume, true);
    if (claims.task !== task) {
      throw new FederationError('token-invalid', 'field "resume": the token is for another task');
    }
    if (await access.readmit(task, claims.client, Date.now())) return claims.client;
    throw banned(claims.client);
  }

  async function codeOf(task: string, typed: string | undefined, address: string) {
    if (coordinator.admission(task) === 'open') return null;
    if (typed === undefined) {
      throw new FederationError(
        'join-code-missing',
        `task ${task} admits by join code: give it in field "code" (--code of fedhybnn-client, joinCode of the SDK); ask for one where you heard of the task`,
      );
    }
    await limits.check('wrong-code', address);
    const code = hashJoinCode(typed);
    await limits.take('code', code);
    return code;
  }

  return publicRoute({
    method: 'post',
    path: '/v1/join',
    summary: 'Joins a task, or comes back to it; answers with a token',
    body: joinRequestSchema,
    reply: joinReplySchema,
    async handle({ body, address }): Promise<JoinReply> {
      if (body.protocol !== PROTOCOL_VERSION) throw wrongVersion(body.protocol);
      const from = limitKey(address);
      await limits.take('join', from);
      const { task } = coordinator.federation(body.task);
      const client = body.resume === undefined ? idOf(body) : await returning(body.resume, task.id);
      if (body.resume === undefined) {
        const code = await codeOf(task.id, body.code, from);
        const key = body.key === undefined ? null : contentHash(Buffer.from(body.key));
        const outcome = await admissions.add({ task: task.id, client, key, code });
        if (outcome === 'code-unknown') await limits.take('wrong-code', from).catch(() => {});
        if (outcome !== 'joined') throw refusal(outcome, client);
      }
      return {
        client,
        token: await tokens.issue({ task: task.id, client }),
        expiresIn: tokens.lifetimeSeconds,
      };
    },
  });
}

function idOf({ client }: Pick<JoinRequest, 'client'>): string {
  return client ?? `c-${randomBytes(9).toString('base64url').replace(/[_-]/g, 'x')}`;
}

function refusal(outcome: Exclude<AdmissionOutcome, 'joined'>, client: string): FederationError {
  switch (outcome) {
    case 'taken':
      return new FederationError(
        'client-taken',
        `field "client": ${client} has joined already; join with its saved token in "resume", or under another name`,
      );
    case 'banned':
      return banned(client);
    case 'code-unknown':
      return invalidCode('is not a code of this task; check it for a mistake');
    case 'code-expired':
      return invalidCode('has expired; ask for a new one');
    case 'code-used-up':
      return invalidCode('has been used as often as it may; ask for a new one');
  }
}

function invalidCode(why: string): FederationError {
  return new FederationError('join-code-invalid', `field "code": ${why}`);
}

export function wrongVersion(version: number): FederationError {
  return new FederationError(
    'protocol-version',
    `field "protocol" is ${version}, but this coordinator speaks ${PROTOCOL_VERSION}; update the ${version < PROTOCOL_VERSION ? 'client' : 'coordinator'}`,
  );
}
