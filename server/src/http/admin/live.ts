/** How federations stand at this moment, for the operator's dashboard. */
import {
  LIMITS,
  type LiveFederation,
  liveFederationReplySchema,
  overviewReplySchema,
  parameterCount,
  parse,
  publishedRoundSchema,
  ruleFor,
  timedRoundsReplySchema,
  updateFrameBytes,
} from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import type { Metrics } from '../../metrics/metrics.js';
import { operatorView, type Route, wholeNumber } from '../route.js';

/** Published rounds in a glance. */
const RECENT = 60;

export function liveRoutes(coordinator: Coordinator, metrics: Metrics): Route[] {
  const { store } = coordinator;
  return [
    operatorView({
      path: '/v1/admin/overview',
      summary: 'All federations as they stand, with the rounds that are being played',
      reply: overviewReplySchema,
      handle: async () => ({
        federations: await Promise.all(
          coordinator.list().map(({ task }) => glance(coordinator, task.id)),
        ),
      }),
    }),
    operatorView({
      path: '/v1/admin/tasks/{id}',
      summary: 'A federation as it stands, and how its updates were answered since the start',
      reply: liveFederationReplySchema,
      async handle({ params: { id } }) {
        const { latest } = coordinator.federation(id);
        return {
          ...(await glance(coordinator, id)),
          latestModel: latest.model,
          answers: await metrics.answers(id),
        };
      },
    }),
    operatorView({
      path: '/v1/admin/tasks/{id}/rounds',
      summary: `Published rounds and when they were played, ${LIMITS.roundsPage} at most`,
      query: { after: 'number of the last round that is known already; default 0' },
      reply: timedRoundsReplySchema,
      async handle({ params, query }) {
        const { task } = coordinator.federation(params.id);
        const after = wholeNumber(query.after ?? '0', 'after');
        const entries = await store.journal(task.id, after, LIMITS.roundsPage);
        const times = await store.roundTimes(task.id, after, LIMITS.roundsPage);
        const byRound = new Map(times.map((time) => [time.round, time]));
        return {
          rounds: entries.flatMap((entry) => {
            const time = byRound.get(entry.round);
            return time === undefined
              ? []
              : [{ ...parse(publishedRoundSchema, entry, 'journal'), ...time }];
          }),
        };
      },
    }),
  ];
}

async function glance(coordinator: Coordinator, id: string): Promise<LiveFederation> {
  const federation = coordinator.federation(id);
  const { task, latest, phase, afterRound, openRound, readyClients } = federation;
  const { rounds, ready, goal, minimum, gatherMs } = task.federation;
  const { store } = coordinator;
  const parameters = parameterCount(task);
  const updateBytes = updateFrameBytes(ruleFor(task.federation.rule), parameters);
  const recent = await store.journal(id, Math.max(0, latest.round - RECENT), RECENT);
  return {
    ...{ id, title: task.title, phase, afterRound, admission: coordinator.admission(id) },
    ...{ round: latest.round, rounds, accuracy: latest.accuracy, goal, minimum },
    ...{ ready: readyClients, readyFor: ready, gatherMs },
    ...{ parameters, updateBytes, open: openRound },
    recent: recent.map(({ round, accuracy }) => ({ round, accuracy })),
    totals: await store.totals(id),
  };
}
