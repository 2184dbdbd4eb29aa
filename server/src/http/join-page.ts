/**
 * The page on which people join with their phones: built by `client/join`, served as files. At
 * `/<task>` and `/join/<task>` it is the page itself, which reads the task out of the address.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response, Router } from 'express';

/** Where `npm run build` puts the page. */
const BUILT = fileURLToPath(new URL('../../../client/join/dist', import.meta.url));
const TASK = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Scripts of this server only; `wasm-unsafe-eval` allows the kernels, and no more than them. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Routes of the page; none where it has not been built, so that a coordinator alone still runs.
 * @param hasTask whether there is a task of this name
 * @param folder of the built page
 */
export function joinPageRoutes(hasTask: (name: string) => boolean, folder: string = BUILT): Router {
  const router = Router();
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return router;
  const page: RequestHandler = (request, response, next) => {
    const { task = 'join' } = request.params;
    if (typeof task !== 'string' || !TASK.test(task)) return next();
    // People are told by the page that there is no such task; programs by the usual answer.
    const known = task === 'join' || hasTask(task);
    if (!known && request.accepts(['json', 'html']) !== 'html') return next();
    response.status(known ? 200 : 404);
    protect(response);
    // The names of the other files change with their contents; this one's does not.
    response.set('Cache-Control', 'no-cache');
    response.sendFile(index);
  };
  router.get('/join', page);
  const files = express.static(folder, {
    index: false,
    redirect: false,
    setHeaders(response, path) {
      protect(response);
      // The service worker answers for `/<task>`, too.
      response.setHeader('Service-Worker-Allowed', '/');
      const named = path.startsWith(join(folder, 'assets'));
      response.setHeader(
        'Cache-Control',
        named ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  router.use('/join', files);
  router.get(['/join/:task', '/:task'], page);
  return router;
}

function protect(response: Pick<Response, 'setHeader'>): void {
  response.setHeader('Content-Security-Policy', POLICY);
  // Pictures may be taken here; nothing else of the device is asked for.
  response.setHeader('Permissions-Policy', 'camera=(self), microphone=(), geolocation=()');
}
