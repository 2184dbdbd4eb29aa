/** The HTTP side of the coordinator. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { addressOf } from '../security/address.js';
import type { AppParts } from './app-parts.js';
import { dashboardPageRoutes } from './dashboard-page.js';
import { errorHandler, unknownRoute } from './errors.js';
import { originGuard, requestRate } from './guards.js';
import { joinPageRoutes } from './join-page.js';
import { mountRoutes } from './mount-routes.js';
import { pageRoutes } from './page.js';
import { allRoutes } from './routes.js';

export function createApp(parts: AppParts): Express {
  const { coordinator, tokens, operators, limits, trusted, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trusted);
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
      strictTransportSecurity: parts.strictTransport,
      crossOriginOpenerPolicy: false,
    }),
  );
  // By HTTP browsers do not heed it, and write an error to the console.
  const openerPolicy = helmet.crossOriginOpenerPolicy();
  app.use((request, response, next) =>
    request.secure ? openerPolicy(request, response, next) : next(),
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
  app.use(requestRate(limits, trusted), originGuard(parts.origins, trusted));
  const { access } = coordinator.store;
  mountRoutes(app, allRoutes(parts), {
    ...{ tokens, operators, access },
    addressOf: (request) => addressOf(request, trusted),
  });
  const hasTask = (name: string) => coordinator.list().some(({ task }) => task.id === name);
  app.use(dashboardPageRoutes(), joinPageRoutes(hasTask), pageRoutes(coordinator));
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
