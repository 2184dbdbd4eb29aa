/**
 * The page on which people join with their phones: built by `client/join`, served as files. At
 * `/<task>` and `/join/<task>` it is the page itself, which reads the task out of the address.
 */
import { type RequestHandler, Router } from 'express';
import { builtFolder, builtPage } from './built-page.js';

const TASK = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Scripts of this server only; `wasm-unsafe-eval` allows the kernels, and no more than them. */
const CONTENT_SECURITY = [
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

const POLICY = {
  contentSecurity: CONTENT_SECURITY,
  // Pictures may be taken here; nothing else of the device is asked for.
  permissions: 'camera=(self), microphone=(), geolocation=()',
};

/**
 * Routes of the page; none where it has not been built, so that a coordinator alone still runs.
 * @param hasTask whether there is a task of this name
 * @param folder of the built page
 */
export function joinPageRoutes(
  hasTask: (name: string) => boolean,
  folder: string = builtFolder('join'),
): Router {
  const router = Router();
  const built = builtPage(folder, POLICY);
  if (built === undefined) return router;
  const page: RequestHandler = (request, response, next) => {
    const { task = 'join' } = request.params;
    if (typeof task !== 'string' || !TASK.test(task)) return next();
    // People are told by the page that there is no such task; programs by the usual answer.
    const known = task === 'join' || hasTask(task);
    if (!known && request.accepts(['json', 'html']) !== 'html') return next();
    built.send(response, known ? 200 : 404);
  };
  router.get('/join', page);
  router.use('/join', (_request, response, next) => {
    // The service worker answers for `/<task>`, too.
    response.setHeader('Service-Worker-Allowed', '/');
    next();
  });
  router.use('/join', built.files);
  router.get(['/join/:task', '/:task'], page);
  return router;
}
