/** Routes about tasks: what there is, how it stands, and updates too large for a socket. */
import {
  LIMITS,
  parameterCount,
  parse,
  publishedRoundSchema,
  receiptSchema,
  roundsReplySchema,
  ruleFor,
  type TaskReply,
  taskReplySchema,
  tasksReplySchema,
  updateFrameBytes,
  updateHeaderSchema,
} from '@fedhybnn/shared';
import type { Coordinator } from '../coordinator/coordinator.js';
import { clientRoute, publicRoute, type Route, wholeNumber } from './route.js';

export function taskRoutes(coordinator: Coordinator): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/v1/tasks',
      summary: 'All tasks and how they stand',
      reply: tasksReplySchema,
      handle: () => ({
        tasks: coordinator.list().map(({ task }) => describe(coordinator, task.id)),
      }),
    }),
    publicRoute({
      method: 'get',
      path: '/v1/tasks/{id}',
      summary: 'A task and how it stands',
      reply: taskReplySchema,
      handle: ({ params }) => describe(coordinator, params.id),
    }),
    publicRoute({
      method: 'get',
      path: '/v1/tasks/{id}/rounds',
      summary: `Published rounds, ${LIMITS.roundsPage} at most`,
      query: { after: 'number of the last round that is known already; default 0' },
      reply: roundsReplySchema,
      async handle({ params, query }) {
        const { task } = coordinator.federation(params.id);
        const after = wholeNumber(query.after ?? '0', 'after');
        const entries = await coordinator.store.journal(task.id, after, LIMITS.roundsPage);
        // Without what only the journal needs.
        return { rounds: entries.map((entry) => parse(publishedRoundSchema, entry, 'journal')) };
      },
    }),
    clientRoute({
      method: 'put',
      path: '/v1/tasks/{id}/rounds/{round}/updates',
      summary: 'An update too large for a socket; answered once it is committed',
      headers: {
        'fedhybnn-base': 'hash of the model that the update starts from',
        'fedhybnn-digest': 'SHA-256 of the body',
      },
      // The limit is the task's own: nothing larger is read from the socket.
      body: {
        mostBytes({ id }) {
          const { task } = coordinator.federation(id);
          return updateFrameBytes(ruleFor(task.federation.rule), parameterCount(task));
        },
      },
      reply: receiptSchema,
      handle({ params, request, body }, claims) {
        const federation = coordinator.federation(params.id);
        const header = parse(
          updateHeaderSchema,
          {
            round: wholeNumber(params.round, 'round'),
            base: request.get('fedhybnn-base'),
            digest: request.get('fedhybnn-digest'),
          },
          'update headers',
        );
        return federation.submit(claims.client, header, body);
      },
    }),
  ];
}

/** A task and how it stands. */
export function describe(coordinator: Coordinator, id: string): TaskReply & { task: unknown } {
  const federation = coordinator.federation(id);
  return {
    task: federation.task,
    hash: federation.hash,
    initialModel: federation.initialModel,
    phase: federation.phase,
    admission: coordinator.admission(id),
    latest: federation.latest,
    ready: federation.readyClients,
    ...(coordinator.runBy !== undefined && { runBy: coordinator.runBy }),
  };
}
