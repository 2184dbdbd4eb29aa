/** The table of all routes of the API. The pages for people stand in `page.ts` and `join-page.ts`. */

import { auditRoute } from './admin/audit.js';
import { coordinatorRoute } from './admin/coordinator.js';
import { adminFileRoutes } from './admin/files.js';
import { apiTokenRoutes, joinCodeRoutes } from './admin/keys.js';
import { liveRoutes } from './admin/live.js';
import { modelRoutes } from './admin/model.js';
import { participantRoutes } from './admin/participants.js';
import { sessionRoutes } from './admin/session.js';
import { adminTaskRoutes } from './admin/tasks.js';
import type { AppParts } from './app-parts.js';
import { fileRoute } from './files.js';
import { healthRoutes } from './health.js';
import { joinRoute } from './join.js';
import { metricsRoute } from './metrics.js';
import { openApiRoute } from './openapi.js';
import type { Route } from './route.js';
import { taskRoutes } from './tasks.js';

export function allRoutes(parts: AppParts): Route[] {
  const { coordinator, tokens, operators, limits, isReady, metrics, metricsToken } = parts;
  const { access } = coordinator.store;
  const routes = [
    ...healthRoutes(isReady),
    metricsRoute(metrics, metricsToken),
    ...taskRoutes(coordinator),
    joinRoute(coordinator, tokens, limits),
    fileRoute(coordinator.files),
    ...sessionRoutes(operators, access, limits),
    ...liveRoutes(coordinator, metrics),
    ...adminTaskRoutes(coordinator),
    ...adminFileRoutes(coordinator),
    ...modelRoutes(coordinator, parts.verifications),
    ...participantRoutes(coordinator, parts.disconnect),
    ...joinCodeRoutes(coordinator),
    ...apiTokenRoutes(coordinator, operators),
    auditRoute(access),
    coordinatorRoute(coordinator.store, parts.place),
  ];
  return [...routes, openApiRoute(routes)];
}
