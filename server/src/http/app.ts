/** The HTTP side of the coordinator. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { Coordinator } from '../coordinator/coordinator.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Tokens } from '../security/tokens.js';
import { errorHandler, unknownRoute } from './errors.js';
import { fileRoutes } from './files.js';
import { joinPageRoutes } from './join-page.js';
import { metricsRoutes } from './metrics.js';
import { pageRoutes } from './page.js';
import { taskRoutes } from './tasks.js';

export interface AppParts {
  readonly coordinator: Coordinator;
  readonly tokens: Tokens;
  readonly log: Logger;
  /** False while starting or stopping. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  /** See {@link metricsRoutes}. */
  readonly metricsToken: string | undefined;
}

export function createApp(parts: AppParts): Express {
  const { coordinator, tokens, log, isReady, metrics, metricsToken } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // A coordinator on a LAN has no certificate: phones must be able to reach it by HTTP.
      strictTransportSecurity: false,
    }),
  );
  app.use(
    pinoHttp({
      logger: log,
      customLogLevel,
      // Probes come every few seconds and say nothing new; headers may hold a token.
      autoLogging: { ignore: isProbe },
      serializers: {
        req: ({ method, url, remoteAddress }) => ({ method, url, remoteAddress }),
        res: ({ statusCode }) => ({ statusCode }),
      },
    }),
  );
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  app.get('/readyz', (_request, response) => {
    response.status(isReady() ? 200 : 503).json({ ready: isReady() });
  });
  app.use(metricsRoutes(metrics, metricsToken));
  app.use('/v1', taskRoutes(coordinator, tokens), fileRoutes(coordinator.files));
  const hasTask = (name: string) => coordinator.list().some(({ task }) => task.id === name);
  app.use(joinPageRoutes(hasTask), pageRoutes(coordinator));
  app.use(unknownRoute);
  app.use(errorHandler(log));
  return app;
}

function isProbe({ url }: IncomingMessage): boolean {
  return url === '/healthz' || url === '/readyz';
}

/** Requests are the everyday noise: only failures of ours are worth a line at the default level. */
function customLogLevel(
  _request: IncomingMessage,
  response: ServerResponse,
  error?: Error,
): 'error' | 'debug' {
  return error !== undefined || response.statusCode >= 500 ? 'error' : 'debug';
}
