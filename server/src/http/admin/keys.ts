/** What operators give away: join codes to people, API tokens to programs. */
import {
  apiTokenRequestSchema,
  apiTokensReplySchema,
  doneReplySchema,
  FederationError,
  joinCodeRequestSchema,
  joinCodesReplySchema,
  newApiTokenSchema,
  newJoinCodeSchema,
} from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { createJoinCode } from '../../security/join-codes.js';
import type { Operators } from '../../security/operators.js';
import { operatorAction, operatorView, type Route } from '../route.js';

export function joinCodeRoutes(coordinator: Coordinator): Route[] {
  const { access } = coordinator.store;
  return [
    operatorAction({
      method: 'post',
      path: '/v1/admin/tasks/{id}/join-codes',
      summary: 'Makes a join code; this answer alone holds it',
      body: joinCodeRequestSchema,
      reply: newJoinCodeSchema,
      audit: ({ params, body }) => ({
        ...{ action: 'create-join-code', subject: params.id, details: body },
      }),
      handle: ({ params, body }) =>
        createJoinCode(access, coordinator.federation(params.id).task.id, body),
    }),
    operatorView({
      path: '/v1/admin/tasks/{id}/join-codes',
      summary: 'The join codes of a task and how often each was used; not the codes themselves',
      reply: joinCodesReplySchema,
      async handle({ params }) {
        return { codes: await access.joinCodes(coordinator.federation(params.id).task.id) };
      },
    }),
    operatorAction({
      method: 'delete',
      path: '/v1/admin/tasks/{id}/join-codes/{code}',
      summary: 'Takes a join code back, by its id; who has joined with it stays',
      reply: doneReplySchema,
      audit: ({ params }) => ({
        ...{ action: 'remove-join-code', subject: params.id, details: { id: params.code } },
      }),
      async handle({ params }) {
        const { task } = coordinator.federation(params.id);
        if (await access.removeJoinCode(task.id, params.code)) return { done: true };
        throw new FederationError('bad-request', `task ${task.id} has no join code of this id`);
      },
    }),
  ];
}

export function apiTokenRoutes(coordinator: Coordinator, operators: Operators): Route[] {
  const { access } = coordinator.store;
  return [
    operatorAction({
      method: 'post',
      path: '/v1/admin/api-tokens',
      summary: 'Makes an API token of the operator who asks; this answer alone holds it',
      body: apiTokenRequestSchema,
      reply: newApiTokenSchema,
      audit: ({ body }) => ({ action: 'create-api-token', details: body }),
      handle: ({ body }, { operator }) => operators.createApiToken(operator, body.label, body.days),
    }),
    operatorView({
      path: '/v1/admin/api-tokens',
      summary: 'All API tokens; not the tokens themselves',
      reply: apiTokensReplySchema,
      handle: async () => ({ tokens: await access.apiTokens() }),
    }),
    operatorAction({
      method: 'delete',
      path: '/v1/admin/api-tokens/{id}',
      summary: 'Takes an API token back',
      reply: doneReplySchema,
      audit: ({ params }) => ({ action: 'remove-api-token', subject: params.id }),
      async handle({ params }) {
        if (await access.removeCredential(params.id)) return { done: true };
        throw new FederationError('bad-request', 'there is no API token of this id');
      },
    }),
  ];
}
