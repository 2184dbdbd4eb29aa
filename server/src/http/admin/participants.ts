/** Who takes part in a federation, and who no longer may. */
import { doneReplySchema, FederationError, participantsReplySchema } from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { operatorAction, operatorView, type Route } from '../route.js';

/** Participants in one answer. */
const PAGE = 1000;

/** @param disconnect closes the socket of a client, if it has one */
export function participantRoutes(
  coordinator: Coordinator,
  disconnect: (task: string, client: string) => void,
): Route[] {
  const { access } = coordinator.store;
  return [
    operatorView({
      path: '/v1/admin/tasks/{id}/participants',
      summary: `Who has joined and what they did since the start, ${PAGE} at most`,
      query: { after: 'the last client id of the page before' },
      reply: participantsReplySchema,
      async handle({ params, query: { after = '' } }) {
        const federation = coordinator.federation(params.id);
        const stored = await access.participants(federation.task.id, String(after), PAGE);
        return {
          participants: stored.map((participant) => {
            const activity = federation.activity.of(participant.client);
            return {
              ...participant,
              reputation: federation.reputation(participant.client),
              connected: (activity?.sockets ?? 0) > 0,
              device: activity?.device ?? null,
              seenAt: activity?.seenAt ?? null,
              answerMs: activity?.answerMs ?? null,
              sentBytes: activity?.sentBytes ?? 0,
              refused: activity?.refused ?? 0,
            };
          }),
        };
      },
    }),
    operatorAction({
      method: 'delete',
      path: '/v1/admin/tasks/{id}/participants/{client}',
      summary: 'Excludes a client: what it sent stays, its token is refused from now on',
      reply: doneReplySchema,
      audit: ({ params }) => ({
        ...{ action: 'exclude-client', subject: params.id, details: { client: params.client } },
      }),
      async handle({ params }) {
        const { task } = coordinator.federation(params.id);
        if (!(await access.ban(task.id, params.client))) {
          throw new FederationError(
            'bad-request',
            `client ${params.client.slice(0, 64)}: has not joined task ${task.id}`,
          );
        }
        disconnect(task.id, params.client);
        return { done: true };
      },
    }),
  ];
}
