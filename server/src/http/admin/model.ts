/** What has been learned: the head for devices, and the proof that the journal holds. */
import { decodeModel, exportHead, verificationReplySchema } from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import type { Verifications } from '../../verification/verifications.js';
import { operatorAction, operatorView, type Route } from '../route.js';

export function modelRoutes(coordinator: Coordinator, verifications: Verifications): Route[] {
  const { files } = coordinator;
  return [
    operatorView({
      path: '/v1/admin/tasks/{id}/head',
      summary: 'The latest model as a head file, which devices run',
      reply: 'application/octet-stream',
      async handle({ params, response }) {
        const { task, latest } = coordinator.federation(params.id);
        const head = exportHead(task, decodeModel(await files.read(latest.model)));
        response.attachment(`${task.id}-round-${latest.round}.fhh`);
        response.type('application/octet-stream').send(Buffer.from(head));
        return undefined;
      },
    }),
    operatorAction({
      method: 'post',
      path: '/v1/admin/tasks/{id}/verification',
      summary: 'Verifies the journal as the command "verify" does, in a process of its own',
      reply: verificationReplySchema,
      audit: ({ params }) => ({ action: 'verify-task', subject: params.id }),
      handle({ params }) {
        const { task, latest } = coordinator.federation(params.id);
        return verifications.start(task.id, latest.round);
      },
    }),
    operatorView({
      path: '/v1/admin/tasks/{id}/verification',
      summary: 'How far the verification is, or what came of the last one',
      reply: verificationReplySchema,
      handle: ({ params }) => verifications.of(coordinator.federation(params.id).task.id),
    }),
  ];
}
