/** What operators do with tasks. */
import {
  attemptsReplySchema,
  changeTaskRequestSchema,
  createTaskRequestSchema,
  doneReplySchema,
  FederationError,
  fileReplySchema,
  LIMITS,
  parse,
  participantsReplySchema,
  taskReplySchema,
  taskSchema,
} from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { operatorAction, operatorUpload, operatorView, type Route, wholeNumber } from '../route.js';
import { describe } from '../tasks.js';

const CONTROLS = [
  { name: 'pause', summary: 'No further round opens; one that is open is played to its end' },
  { name: 'resume', summary: 'Rounds open again' },
  { name: 'end', summary: 'Ends the federation, after the open round' },
] as const;

/** Participants or attempts in one answer. */
const PAGE = 1000;

/** @param disconnect closes the socket of a client, if it has one */
export function adminTaskRoutes(
  coordinator: Coordinator,
  disconnect: (task: string, client: string) => void,
): Route[] {
  const { store, files } = coordinator;
  return [
    operatorUpload({
      method: 'put',
      path: '/v1/admin/files/{kind}',
      summary: 'Uploads an extractor file or a labeled set: kind is extractor or evaluation',
      body: { mostBytes: () => LIMITS.file },
      reply: fileReplySchema,
      audit: ({ params, body }) => ({
        ...{ action: 'upload-file', subject: params.kind, details: { bytes: body.length } },
      }),
      async handle({ params: { kind }, body }) {
        if (kind !== 'extractor' && kind !== 'evaluation') {
          throw new FederationError('bad-request', 'the kind must be extractor or evaluation');
        }
        return { sha256: await files.put(body, kind), bytes: body.length };
      },
    }),
    operatorAction({
      method: 'post',
      path: '/v1/admin/tasks',
      summary: 'Creates a task from files that were uploaded before',
      body: createTaskRequestSchema,
      reply: taskReplySchema,
      audit: ({ body }) => ({ action: 'create-task', subject: nameOf(body.task), details: body }),
      async handle({ body }) {
        const task = parse(taskSchema, body.task, 'field "task"');
        const extractor = await files.read(task.extractor.sha256);
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
      path: '/v1/admin/tasks/{id}/participants',
      summary: `Who has joined, ${PAGE} at most`,
      query: { after: 'the last client id of the page before' },
      reply: participantsReplySchema,
      async handle({ params, query: { after = '' } }) {
        const { task } = coordinator.federation(params.id);
        return {
          participants: await store.access.participants(task.id, String(after), PAGE),
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
        if (!(await store.access.ban(task.id, params.client))) {
          throw new FederationError(
            'bad-request',
            `client ${params.client.slice(0, 64)}: has not joined task ${task.id}`,
          );
        }
        disconnect(task.id, params.client);
        return { done: true };
      },
    }),
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
