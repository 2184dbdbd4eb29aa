/** What operators do with tasks. */
import {
  attemptsReplySchema,
  changeTaskRequestSchema,
  createTaskRequestSchema,
  parse,
  taskReplySchema,
  taskSchema,
} from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { shippedExtractors } from '../../coordinator/shipped-extractors.js';
import { operatorAction, operatorView, type Route, wholeNumber } from '../route.js';
import { describe } from '../tasks.js';

const CONTROLS = [
  { name: 'pause', summary: 'No further round opens; one that is open is played to its end' },
  { name: 'resume', summary: 'Rounds open again' },
  { name: 'end', summary: 'Ends the federation, after the open round' },
] as const;

export function adminTaskRoutes(coordinator: Coordinator): Route[] {
  const { store, files } = coordinator;
  return [
    operatorAction({
      method: 'post',
      path: '/v1/admin/tasks',
      summary: 'Creates a task from files that were uploaded before, or an extractor that ships',
      body: createTaskRequestSchema,
      reply: taskReplySchema,
      audit: ({ body }) => ({ action: 'create-task', subject: nameOf(body.task), details: body }),
      async handle({ body }) {
        const task = parse(taskSchema, body.task, 'field "task"');
        const { sha256 } = task.extractor;
        const extractor = (await shippedExtractors()).get(sha256) ?? (await files.read(sha256));
        const evaluation =
          body.evaluation === undefined ? undefined : await files.read(body.evaluation);
        const { admission } = body;
        await coordinator.createTask(task, { extractor, evaluation, admission });
        return describe(coordinator, task.id);
      },
    }),
    operatorAction({
      method: 'patch',
      path: '/v1/admin/tasks/{id}',
      summary: 'Opens a task to everybody, or asks for a join code from now on',
      body: changeTaskRequestSchema,
      reply: taskReplySchema,
      audit: ({ params, body }) => ({ action: 'change-task', subject: params.id, details: body }),
      async handle({ params, body }) {
        await coordinator.setAdmission(params.id, body.admission);
        return describe(coordinator, params.id);
      },
    }),
    ...CONTROLS.map(({ name, summary }) =>
      operatorAction({
        method: 'post',
        path: `/v1/admin/tasks/{id}/${name}`,
        summary,
        reply: taskReplySchema,
        audit: ({ params }) => ({ action: `${name}-task`, subject: params.id }),
        async handle({ params }) {
          await coordinator[name](params.id);
          return describe(coordinator, params.id);
        },
      }),
    ),
    operatorView({
      path: '/v1/admin/tasks/{id}/attempts',
      summary: 'How often each of the next 100 rounds was opened, and what came of it',
      query: { after: 'number of a round; default: the last 100 rounds' },
      reply: attemptsReplySchema,
      async handle({ params, query }) {
        const { task, latest } = coordinator.federation(params.id);
        const after =
          query.after === undefined
            ? Math.max(0, latest.round - 99)
            : wholeNumber(query.after, 'after');
        const attempts = await store.attemptsAfter(task.id, after, 100);
        return {
          attempts: attempts.map(({ cohort, ...attempt }) => ({
            ...attempt,
            cohort: cohort.length,
          })),
        };
      },
    }),
  ];
}

/** What a task that may be wrong in every way calls itself. */
function nameOf(task: unknown): string | undefined {
  const id = (task as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, 100) : undefined;
}
