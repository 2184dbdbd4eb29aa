/** `GET /v1/admin/audit`: what operators did. */
import { auditReplySchema } from '@fedhybnn/shared';
import type { AccessStore } from '../../store/access-store.js';
import { operatorView, type Route, wholeNumber } from '../route.js';

const PAGE = 200;

export function auditRoute(access: AccessStore): Route {
  return operatorView({
    path: '/v1/admin/audit',
    summary: `What operators did, the newest first, ${PAGE} at most`,
    query: { before: 'the smallest sequence of the page before' },
    reply: auditReplySchema,
    async handle({ query: { before } }) {
      const end = before === undefined ? Number.MAX_SAFE_INTEGER : wholeNumber(before, 'before');
      return { entries: await access.audit(end, PAGE) };
    },
  });
}
